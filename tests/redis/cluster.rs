//! A Redis cluster, which refuses scripts that touch more than their key's slot.

use std::time::Duration;

use verify_mfa::store::{
    RedisState, StateStore,
    conformance::{StateFixture, state},
    redis_driver::{cluster::ClusterClient, cluster_async::ClusterConnection},
};

use crate::{
    server::{Server, free_port},
    support::{contents, counts, create, driver_error, until},
};

/// One node that has all slots.
struct Cluster {
    server: Server,
    store: RedisState,
}

impl Cluster {
    async fn start() -> Self {
        let bus = free_port().to_string();
        let server = Server::start(&["--cluster-enabled", "yes", "--cluster-port", &bus]).await;
        let () = server.ask("CLUSTER ADDSLOTSRANGE 0 16383").await;
        until("the cluster works", || async {
            server.ask::<String>("CLUSTER INFO").await.contains("cluster_state:ok")
        })
        .await;
        Self { store: RedisState::new(connect(&server).await), server }
    }

    /// The same cluster, and other keys.
    fn fixture(&self, name: &str) -> Fixture {
        Fixture(self.store.clone().prefix(name))
    }
}

async fn connect(server: &Server) -> ClusterConnection {
    let nodes = [format!("redis://127.0.0.1:{}", server.port)];
    let client = ClusterClient::builder(nodes)
        .retries(1)
        .connection_timeout(Duration::from_millis(500))
        .response_timeout(Duration::from_millis(500))
        .build();
    client.expect("a client").get_async_connection().await.expect("a cluster")
}

struct Fixture(RedisState);

impl StateFixture for Fixture {
    type Store = RedisState;

    fn store(&self) -> &RedisState {
        &self.0
    }

    async fn advance(&self, by: Duration) {
        self.0.advance(by);
    }
}

#[tokio::test]
async fn a_cluster_keeps_the_promises() {
    let cluster = Cluster::start().await;
    state::any_bytes_survive(&cluster.fixture("bytes:")).await;
    state::keys_do_not_touch_each_other(&cluster.fixture("keys:")).await;
    state::keys_have_the_forms_that_the_flow_uses(&cluster.fixture("forms:")).await;
    state::a_stale_save_changes_nothing(&cluster.fixture("stale:")).await;
    state::a_refused_increment_does_not_count(&cluster.fixture("refused:")).await;
    state::deleting_what_is_absent_is_no_error(&cluster.fixture("absent:")).await;
    state::an_expired_record_is_absent(&cluster.fixture("expired:")).await;
}

#[tokio::test]
async fn a_cluster_whose_script_caches_were_flushed_goes_on() {
    let cluster = Cluster::start().await;
    create(&cluster.store, b"one").await;
    let () = cluster.server.ask("SCRIPT FLUSH").await;
    assert_eq!(contents(&cluster.store).await.unwrap(), b"one");
    let () = cluster.server.ask("SCRIPT FLUSH").await;
    counts(&cluster.store, 1).await;
}

#[tokio::test]
async fn a_cluster_without_the_slot_is_an_error_and_not_absent() {
    let cluster = Cluster::start().await;
    create(&cluster.store, b"one").await;
    let () = cluster.server.ask("CLUSTER DELSLOTSRANGE 0 16383").await;
    driver_error(cluster.store.load("key").await);
    driver_error(cluster.store.delete("key").await);
}
