# hostsim in a container: one static program, nobody's rights, nothing written but what is mounted.
#
#   docker build -t hostsim .
#   docker run --rm --read-only --user "$(id -u)" -v "$PWD:/work" hostsim run scenario.toml
FROM rust:1-alpine AS build
RUN apk add --no-cache musl-dev make
WORKDIR /src
COPY . .
RUN cargo build --profile dist --bin hostsim

FROM scratch
COPY --from=build /src/target/dist/hostsim /hostsim
COPY --from=build /src/LICENSE /src/LICENSE-MIT /src/LICENSE-APACHE /
WORKDIR /work
USER 65532:65532
ENTRYPOINT ["/hostsim"]
