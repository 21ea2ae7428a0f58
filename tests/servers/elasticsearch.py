"""A real Elasticsearch node from its published jars, without installing anything.

Maven fetches the jars once into a cache (DAQIAO_TEST_CACHE, else ~/.cache/daqiao); afterwards only a JDK is needed.
"""

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import ServerUnavailableError
from tests.servers.process import ServerProcess, free_port

VERSION = "9.2.0"  # the newest with both the server and the HTTP module published
LOG4J = "2.19.0"
MIN_JAVA = 21
HEAP = "512m"
MAIN = Path(__file__).with_name("SingleNode.java")
JARS = (
    ("org.elasticsearch", "elasticsearch", VERSION),
    ("org.elasticsearch.plugin", "transport-netty4", VERSION),
    ("org.apache.logging.log4j", "log4j-core", LOG4J),
)
DESCRIPTOR = f"""description=HTTP and transport
version={VERSION}
name=transport-netty4
java.version={MIN_JAVA}
elasticsearch.version={VERSION}
classname=org.elasticsearch.transport.netty4.Netty4Plugin
"""


def cache_folder() -> Path:
    """Where downloads for tests are kept between runs."""
    return Path(os.environ.get("DAQIAO_TEST_CACHE") or Path.home() / ".cache" / "daqiao")


def java() -> Path:
    """The newest JDK's `java`; raises when none is new enough."""
    homes = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    homes += [path for path in Path("/usr/lib/jvm").glob("*") if path.is_dir()]
    if found := shutil.which("java"):
        homes.append(Path(found).resolve().parent.parent)
    major, home = max(((_java_version(home), home) for home in homes), default=(0, Path()))
    if major < MIN_JAVA:
        raise ServerUnavailableError(
            f"Elasticsearch: no ELASTICSEARCH_URL and no JDK {MIN_JAVA} or newer (JAVA_HOME, /usr/lib/jvm)"
        )
    return home / "bin" / "java"


def _java_version(home: Path) -> int:
    try:
        release = (home / "release").read_text(encoding="utf-8")
    except OSError:
        return 0
    match = re.search(r'^JAVA_VERSION="(\d+)', release, re.MULTILINE)
    return int(match[1]) if match and (home / "bin" / "javac").exists() else 0


def jars() -> Path:
    """Folder with the server's jars, fetched once; several test processes may ask at the same time."""
    folder = cache_folder() / f"elasticsearch-{VERSION}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _fetch(folder)
    return folder


def _fetch(folder: Path) -> None:
    maven = shutil.which("mvn")
    if not maven:
        raise ServerUnavailableError(
            "Elasticsearch: no ELASTICSEARCH_URL and no Maven (mvn) to fetch its jars"
        )
    dependencies = "".join(
        f"<dependency><groupId>{group}</groupId><artifactId>{name}</artifactId><version>{version}</version></dependency>"
        for group, name, version in JARS
    )
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:
        pom = Path(work, "pom.xml")
        pom.write_text(
            '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
            "<groupId>daqiao</groupId><artifactId>test-servers</artifactId><version>1</version>"
            f"<dependencies>{dependencies}</dependencies></project>",
            encoding="utf-8",
        )
        target = Path(work, "jars")
        done = subprocess.run(
            [
                maven,
                "-q",
                "-B",
                "-f",
                str(pom),
                "dependency:copy-dependencies",
                f"-DoutputDirectory={target}",
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            last = (done.stdout + done.stderr).strip().splitlines()[-1:]
            raise ServerUnavailableError(f"Elasticsearch: Maven could not fetch its jars: {' '.join(last)}")
        target.rename(folder)


def _lay_out(home: Path, source: Path) -> Path:
    """Make a server home; the class path's folder. Files are links: the cache stays the only copy."""
    module = home / "modules" / "transport-netty4"
    classes = home / "classes"
    for folder in (module, classes, home / "config"):
        folder.mkdir(parents=True)
    for jar in source.glob("*.jar"):
        into = module if jar.name.startswith(("transport-netty4", "netty-")) else classes
        (into / jar.name).symlink_to(jar)
    (module / "plugin-descriptor.properties").write_text(DESCRIPTOR, encoding="utf-8")
    return classes


def _answers(url: str) -> bool:
    with urllib.request.urlopen(f"{url}/_cluster/health", timeout=2) as answer:
        return bool(answer.status == 200)


@contextmanager
def elasticsearch_node(heap: str = HEAP, *settings: str) -> Iterator[tuple[str, ServerProcess]]:
    """A single node with an empty home: its URL and its process (which can be stopped and started again).

    `settings` are further ones of the server, such as `indexing_pressure.memory.limit=64kb`.
    """
    binary, source = java(), jars()
    with tempfile.TemporaryDirectory(prefix="daqiao-es-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        classes = _lay_out(home, source)
        port, transport = free_port(), free_port()
        url = f"http://127.0.0.1:{port}"
        command = [
            str(binary), f"-Xms{heap}", f"-Xmx{heap}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=4",
            "--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED",
            "-cp", f"{classes}/*", str(MAIN), str(home), str(port), str(transport), *settings,
        ]  # fmt: skip
        with ServerProcess(command, lambda: _answers(url), home / "output.log") as process:
            yield url, process
