import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/** One Elasticsearch node on the loopback address: SingleNode HOME HTTP_PORT TRANSPORT_PORT [NAME=VALUE …]. Ends with its standard input. */
public class SingleNode {
    public static void main(String[] args) throws Exception {
        LogConfigurator.configureESLogging();
        Settings.Builder builder = Settings.builder()
            .put("path.home", args[0])
            .put("network.host", "_local_")
            .put("http.port", args[1])
            .put("transport.port", args[2])
            .put("discovery.type", "single-node")
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .put("node.processors", 2);
        for (int place = 3; place < args.length; place++) {
            String[] setting = args[place].split("=", 2);
            builder.put(setting[0], setting[1]);
        }
        Environment environment = new Environment(builder.build(), null);
        PluginsLoader loader = PluginsLoader.createPluginsLoader(
            PluginsLoader.loadModulesBundles(environment.modulesDir()), Set.of(), Map.of(), false);
        Node node = new Node(environment, loader);
        node.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                node.close();
            } catch (Exception problem) {
                problem.printStackTrace();
            }
        }));
        while (System.in.read() >= 0) {
            // the parent writes nothing: the end of the stream means that it is gone
        }
        System.exit(0);
    }
}
