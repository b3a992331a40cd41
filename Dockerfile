# Builds the one binary, and an image that holds little else.
#   docker build -t ticun .
#   docker run --rm -v ticun-data:/var/lib/ticun ticun office create changning --domain notary.example
#   docker run -d -p 8080:8080 -v ticun-data:/var/lib/ticun ticun

# The slim image carries gcc and the C library's headers, which is all that the bundled SQLite and ring ask for;
# PostgreSQL's client library is built against OpenSSL as well.
FROM rust:1.95.0-slim-bookworm AS build
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends libssl-dev pkg-config
WORKDIR /build
COPY . .
# The caches outlive the layer, so that a changed source line does not compile every dependency again. Symbol names
# stay in the binary for readable backtraces; line tables are left out of the image.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target \
    cargo build --release --locked --bin ticun \
    && strip --strip-debug -o /usr/local/bin/ticun target/release/ticun

# The same Debian release as the builder, because the binary links its C library.
FROM debian:bookworm-slim
# A number and no shell: nobody signs in here. The data folder is the only place that this user may write.
RUN groupadd --system --gid 10001 ticun \
    && useradd --system --uid 10001 --gid ticun --no-create-home --home-dir /var/lib/ticun --shell /usr/sbin/nologin ticun \
    && install --directory --owner=ticun --group=ticun --mode=0700 /var/lib/ticun
COPY --from=build /usr/local/bin/ticun /usr/local/bin/ticun
# PostgreSQL's client library speaks TLS by these.
COPY --from=build /usr/lib/*-linux-gnu/libssl.so.3 /usr/lib/*-linux-gnu/libcrypto.so.3 /usr/local/lib/
RUN ldconfig
# Witnesses and timestamping authorities are asked over HTTPS; TICUN_CA_FILE names roots beside these.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt

USER 10001:10001
WORKDIR /var/lib/ticun
VOLUME /var/lib/ticun
# Inside a container the service must listen on all of its addresses; which of them is published is decided outside.
ENV TICUN_LISTEN=0.0.0.0:8080 \
    TICUN_DATA=/var/lib/ticun \
    TICUN_DATABASE=sqlite:///var/lib/ticun/ticun.db
EXPOSE 8080
# SIGTERM stops taking requests, finishes those under way and checkpoints.
STOPSIGNAL SIGTERM
# The binary asks itself, so the image needs no curl. Exit 0 is healthy, 1 is not.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["ticun", "health", "--url", "http://127.0.0.1:8080"]
ENTRYPOINT ["ticun"]
CMD ["serve"]
