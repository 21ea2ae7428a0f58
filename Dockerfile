# One image; the command picks the role: daqiao run portal | worker | relay | scheduler.
FROM python:3.12-slim AS build
WORKDIR /build
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY config config
COPY matcher matcher
COPY indexes indexes
COPY workers workers
COPY web web
COPY cli cli
COPY demo demo
RUN python -m venv /opt/daqiao \
 && /opt/daqiao/bin/pip install --no-cache-dir --constraint constraints.txt babel \
 && for catalogue in web/translations/*/LC_MESSAGES/messages.po; do \
      /opt/daqiao/bin/pybabel compile --input-file "$catalogue" --output-file "${catalogue%.po}.mo"; \
    done \
 && /opt/daqiao/bin/pip install --no-cache-dir --constraint constraints.txt .

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /data daqiao && install -d -o daqiao -g daqiao /data
COPY --from=build /opt/daqiao /opt/daqiao
ENV PATH=/opt/daqiao/bin:$PATH PYTHONUNBUFFERED=1 DATA_DIR=/data LOG_FORMAT=json
USER daqiao
VOLUME /data
EXPOSE 8000
CMD ["daqiao", "run", "portal"]
