//! The tables of Temporal, a workflow engine, on PostgreSQL.
#![expect(
    clippy::duplicated_attributes,
    reason = "clippy takes two indexes over one column for a slip"
)]

use dbkit::Table;
use time::PrimitiveDateTime;

#[derive(Table, Debug)]
#[dbkit(
    table = "activity_info_maps",
    primary_key(shard_id, namespace_id, workflow_id, run_id, schedule_id)
)]
pub struct ActivityInfoMaps {
    pub shard_id: i32,
    pub namespace_id: Vec<u8>,
    #[dbkit(varchar(255))]
    pub workflow_id: String,
    pub run_id: Vec<u8>,
    pub schedule_id: i64,
    pub data: Vec<u8>,
    #[dbkit(varchar(16))]
    pub data_encoding: Option<String>,
}

#[derive(Table, Debug)]
#[dbkit(table = "buffered_events", primary_key(shard_id, namespace_id, workflow_id, run_id, id))]
pub struct BufferedEvents {
    pub shard_id: i32,
    pub namespace_id: Vec<u8>,
    #[dbkit(varchar(255))]
    pub workflow_id: String,
    pub run_id: Vec<u8>,
    #[dbkit(serial, unique)]
    pub id: i64,
    pub data: Vec<u8>,
    #[dbkit(varchar(16))]
    pub data_encoding: String,
}

#[derive(Table, Debug)]
#[dbkit(table = "build_id_to_task_queue", primary_key(namespace_id, build_id, task_queue_name))]
pub struct BuildIdToTaskQueue {
    pub namespace_id: Vec<u8>,
    #[dbkit(varchar(255))]
    pub build_id: String,
    #[dbkit(varchar(255))]
    pub task_queue_name: String,
}

#[derive(Table, Debug)]
#[dbkit(
    table = "chasm_node_maps",
    primary_key(shard_id, namespace_id, workflow_id, run_id, chasm_path)
)]
pub struct ChasmNodeMaps {
    pub shard_id: i32,
    pub namespace_id: Vec<u8>,
    #[dbkit(varchar(255))]
    pub workflow_id: String,
    pub run_id: Vec<u8>,
    pub chasm_path: Vec<u8>,
    pub metadata: Vec<u8>,
    #[dbkit(varchar(16))]
    pub metadata_encoding: Option<String>,
    pub data: Option<Vec<u8>>,
    #[dbkit(varchar(16))]
    pub data_encoding: Option<String>,
}

#[derive(Table, Debug)]
#[dbkit(
    table = "child_execution_info_maps",
    primary_key(shard_id, namespace_id, workflow_id, run_id, initiated_id)
)]
pub struct ChildExecutionInfoMaps {
    pub shard_id: i32,
    pub namespace_id: Vec<u8>,
    #[dbkit(varchar(255))]
    pub workflow_id: String,
    pub run_id: Vec<u8>,
    pub initiated_id: i64,
    pub data: Vec<u8>,
    #[dbkit(varchar(16))]
    pub data_encoding: Option<String>,
}

#[derive(Table, Debug)]
#[dbkit(
    table = "cluster_membership",
    primary_key(membership_partition, host_id),
    index(name = "cm_idx_lasthb", on(last_heartbeat)),
    index(name = "cm_idx_recordexpiry", on(record_expiry)),
    index(name = "cm_idx_rolehost", unique, on(role, host_id)),
    index(name = "cm_idx_rolelasthb", on(role, last_heartbeat)),
    index(name = "cm_idx_rpchost", on(rpc_address, role))
)]
pub struct ClusterMembership {
    pub membership_partition: i32,
    pub host_id: Vec<u8>,
    #[dbkit(varchar(128))]
    pub rpc_address: String,
    pub rpc_port: i16,
    pub role: i16,
    #[dbkit(default(sql("'1970-01-01 00:00:01'::timestamp without time zone")))]
    pub session_start: Option<PrimitiveDateTime>,
    #[dbkit(default(sql("'1970-01-01 00:00:01'::timestamp without time zone")))]
    pub last_heartbeat: Option<PrimitiveDateTime>,
    #[dbkit(default(sql("'1970-01-01 00:00:01'::timestamp without time zone")))]
    pub record_expiry: Option<PrimitiveDateTime>,
}

#[derive(Table, Debug)]
#[dbkit(table = "cluster_metadata_info", primary_key(metadata_partition, cluster_name))]
pub struct ClusterMetadataInfo {
    pub metadata_partition: i32,
    #[dbkit(varchar(255))]
    pub cluster_name: String,
    pub data: Vec<u8>,
    #[dbkit(varchar(16))]
    pub data_encoding: String,
    pub version: i64,
}

#[derive(Table, Debug)]
#[dbkit(
    table = "current_chasm_executions",
    primary_key(shard_id, namespace_id, business_id, archetype_id)
)]
pub struct CurrentChasmExecutions {
    pub shard_id: i32,
    pub namespace_id: Vec<u8>,
    #[dbkit(varchar(255))]
    pub business_id: String,
    pub archetype_id: i64,
    pub run_id: Vec<u8>,
    #[dbkit(varchar(255))]
    pub create_request_id: String,
    pub state: i32,
    pub status: i32,
    #[dbkit(default(0))]
    pub start_version: i64,
    pub start_time: Option<PrimitiveDateTime>,
    pub last_write_version: i64,
    pub data: Option<Vec<u8>>,
    #[dbkit(varchar(16), default(""))]
    pub data_encoding: String,
}

#[derive(Table, Debug)]
#[dbkit(table = "current_executions", primary_key(shard_id, namespace_id, workflow_id))]
pub struct CurrentExecutions {
    pub shard_id: i32,
    pub namespace_id: Vec<u8>,
    #[dbkit(varchar(255))]
    pub workflow_id: String,
    pub run_id: Vec<u8>,
    #[dbkit(varchar(255))]
    pub create_request_id: String,
    pub state: i32,
    pub status: i32,
    #[dbkit(default(0))]
    pub start_version: i64,
    pub start_time: Option<PrimitiveDateTime>,
    pub last_write_version: i64,
    pub data: Option<Vec<u8>>,
    #[dbkit(varchar(16), default(""))]
    pub data_encoding: String,
}

#[derive(Table, Debug)]
#[dbkit(table = "executions", primary_key(shard_id, namespace_id, workflow_id, run_id))]
pub struct Executions {
    pub shard_id: i32,
    pub namespace_id: Vec<u8>,
    #[dbkit(varchar(255))]
    pub workflow_id: String,
    pub run_id: Vec<u8>,
    pub next_event_id: i64,
    pub last_write_version: i64,
    pub data: Vec<u8>,
    #[dbkit(varchar(16))]
    pub data_encoding: String,
    pub state: Vec<u8>,
    #[dbkit(varchar(16))]
    pub state_encoding: String,
    #[dbkit(default(0))]
    pub db_record_version: i64,
}

#[derive(Table, Debug)]
#[dbkit(table = "history_immediate_tasks", primary_key(shard_id, category_id, task_id))]
pub struct HistoryImmediateTasks {
    pub shard_id: i32,
    pub category_id: i32,
    pub task_id: i64,
    pub data: Vec<u8>,
    #[dbkit(varchar(16))]
    pub data_encoding: String,
}

#[derive(Table, Debug)]
#[dbkit(table = "history_node", primary_key(shard_id, tree_id, branch_id, node_id, txn_id))]
pub struct HistoryNode {
    pub shard_id: i32,
    pub tree_id: Vec<u8>,
    pub branch_id: Vec<u8>,
    pub node_id: i64,
    pub txn_id: i64,
    #[dbkit(default(0))]
    pub prev_txn_id: i64,
    pub data: Vec<u8>,
    #[dbkit(varchar(16))]
    pub data_encoding: String,
}

#[derive(Table, Debug)]
#[dbkit(
    table = "history_scheduled_tasks",
    primary_key(shard_id, category_id, visibility_timestamp, task_id)
)]
pub struct HistoryScheduledTasks {
    pub shard_id: i32,
    pub category_id: i32,
    pub visibility_timestamp: PrimitiveDateTime,
    pub task_id: i64,
    pub data: Vec<u8>,
    #[dbkit(varchar(16))]
    pub data_encoding: String,
}

#[derive(Table, Debug)]
#[dbkit(table = "history_tree", primary_key(shard_id, tree_id, branch_id))]
pub struct HistoryTree {
    pub shard_id: i32,
    pub tree_id: Vec<u8>,
    pub branch_id: Vec<u8>,
    pub data: Vec<u8>,
    #[dbkit(varchar(16))]
    pub data_encoding: String,
}

#[derive(Table, Debug)]
#[dbkit(table = "namespace_metadata")]
pub struct NamespaceMetadata {
    #[dbkit(primary_key)]
    pub partition_id: i32,
    pub notification_version: i64,
}

#[derive(Table, Debug)]
#[dbkit(table = "namespaces", primary_key(partition_id, id))]
pub struct Namespaces {
    pub partition_id: i32,
    pub id: Vec<u8>,
    #[dbkit(unique, varchar(255))]
    pub name: String,
    pub notification_version: i64,
    pub data: Vec<u8>,
    #[dbkit(varchar(16))]
    pub data_encoding: String,
    pub is_global: bool,
}

#[derive(Table, Debug)]
#[dbkit(table = "nexus_endpoints")]
pub struct NexusEndpoints {
    #[dbkit(primary_key)]
    pub id: Vec<u8>,
    pub data: Vec<u8>,
    #[dbkit(varchar(16))]
    pub data_encoding: String,
    pub version: i64,
}

#[derive(Table, Debug)]
#[dbkit(table = "nexus_endpoints_partition_status", check("only_one_row", "(id = 0)"))]
pub struct NexusEndpointsPartitionStatus {
    #[dbkit(primary_key, default(0))]
    pub id: i32,
    pub version: i64,
}

#[derive(Table, Debug)]
#[dbkit(table = "queue", primary_key(queue_type, message_id))]
pub struct Queue {
    pub queue_type: i32,
    pub message_id: i64,
    pub message_payload: Vec<u8>,
    #[dbkit(varchar(16))]
    pub message_encoding: String,
}

#[derive(Table, Debug)]
#[dbkit(table = "queue_messages", primary_key(queue_type, queue_name, queue_partition, message_id))]
pub struct QueueMessages {
    pub queue_type: i32,
    #[dbkit(varchar(255))]
    pub queue_name: String,
    pub queue_partition: i64,
    pub message_id: i64,
    pub message_payload: Vec<u8>,
    #[dbkit(varchar(16))]
    pub message_encoding: String,
}

#[derive(Table, Debug)]
#[dbkit(table = "queue_metadata")]
pub struct QueueMetadata {
    #[dbkit(primary_key)]
    pub queue_type: i32,
    pub data: Vec<u8>,
    #[dbkit(varchar(16))]
    pub data_encoding: String,
    pub version: i64,
}

#[derive(Table, Debug)]
#[dbkit(table = "queues", primary_key(queue_type, queue_name))]
pub struct Queues {
    pub queue_type: i32,
    #[dbkit(varchar(255))]
    pub queue_name: String,
    pub metadata_payload: Vec<u8>,
    #[dbkit(varchar(16))]
    pub metadata_encoding: String,
}

#[derive(Table, Debug)]
#[dbkit(table = "replication_tasks", primary_key(shard_id, task_id))]
pub struct ReplicationTasks {
    pub shard_id: i32,
    pub task_id: i64,
    pub data: Vec<u8>,
    #[dbkit(varchar(16))]
    pub data_encoding: String,
}

#[derive(Table, Debug)]
#[dbkit(table = "replication_tasks_dlq", primary_key(source_cluster_name, shard_id, task_id))]
pub struct ReplicationTasksDlq {
    #[dbkit(varchar(255))]
    pub source_cluster_name: String,
    pub shard_id: i32,
    pub task_id: i64,
    pub data: Vec<u8>,
    #[dbkit(varchar(16))]
    pub data_encoding: String,
}

#[derive(Table, Debug)]
#[dbkit(
    table = "request_cancel_info_maps",
    primary_key(shard_id, namespace_id, workflow_id, run_id, initiated_id)
)]
pub struct RequestCancelInfoMaps {
    pub shard_id: i32,
    pub namespace_id: Vec<u8>,
    #[dbkit(varchar(255))]
    pub workflow_id: String,
    pub run_id: Vec<u8>,
    pub initiated_id: i64,
    pub data: Vec<u8>,
    #[dbkit(varchar(16))]
    pub data_encoding: Option<String>,
}

#[derive(Table, Debug)]
#[dbkit(table = "shards")]
pub struct Shards {
    #[dbkit(primary_key)]
    pub shard_id: i32,
    pub range_id: i64,
    pub data: Vec<u8>,
    #[dbkit(varchar(16))]
    pub data_encoding: String,
}

#[derive(Table, Debug)]
#[dbkit(
    table = "signal_info_maps",
    primary_key(shard_id, namespace_id, workflow_id, run_id, initiated_id)
)]
pub struct SignalInfoMaps {
    pub shard_id: i32,
    pub namespace_id: Vec<u8>,
    #[dbkit(varchar(255))]
    pub workflow_id: String,
    pub run_id: Vec<u8>,
    pub initiated_id: i64,
    pub data: Vec<u8>,
    #[dbkit(varchar(16))]
    pub data_encoding: Option<String>,
}

#[derive(Table, Debug)]
#[dbkit(
    table = "signals_requested_sets",
    primary_key(shard_id, namespace_id, workflow_id, run_id, signal_id)
)]
pub struct SignalsRequestedSets {
    pub shard_id: i32,
    pub namespace_id: Vec<u8>,
    #[dbkit(varchar(255))]
    pub workflow_id: String,
    pub run_id: Vec<u8>,
    #[dbkit(varchar(255))]
    pub signal_id: String,
}

#[derive(Table, Debug)]
#[dbkit(table = "task_queue_user_data", primary_key(namespace_id, task_queue_name))]
pub struct TaskQueueUserData {
    pub namespace_id: Vec<u8>,
    #[dbkit(varchar(255))]
    pub task_queue_name: String,
    pub data: Vec<u8>,
    #[dbkit(varchar(16))]
    pub data_encoding: String,
    pub version: i64,
}

#[derive(Table, Debug)]
#[dbkit(table = "task_queues", primary_key(range_hash, task_queue_id))]
pub struct TaskQueues {
    pub range_hash: i64,
    pub task_queue_id: Vec<u8>,
    pub range_id: i64,
    pub data: Vec<u8>,
    #[dbkit(varchar(16))]
    pub data_encoding: String,
}

#[derive(Table, Debug)]
#[dbkit(table = "task_queues_v2", primary_key(range_hash, task_queue_id))]
pub struct TaskQueuesV2 {
    pub range_hash: i64,
    pub task_queue_id: Vec<u8>,
    pub range_id: i64,
    pub data: Vec<u8>,
    #[dbkit(varchar(16))]
    pub data_encoding: String,
}

#[derive(Table, Debug)]
#[dbkit(table = "tasks", primary_key(range_hash, task_queue_id, task_id))]
pub struct Tasks {
    pub range_hash: i64,
    pub task_queue_id: Vec<u8>,
    pub task_id: i64,
    pub data: Vec<u8>,
    #[dbkit(varchar(16))]
    pub data_encoding: String,
}

#[derive(Table, Debug)]
#[dbkit(table = "tasks_v2", primary_key(range_hash, task_queue_id, pass, task_id))]
pub struct TasksV2 {
    pub range_hash: i64,
    pub task_queue_id: Vec<u8>,
    pub pass: i64,
    pub task_id: i64,
    pub data: Vec<u8>,
    #[dbkit(varchar(16))]
    pub data_encoding: String,
}

#[derive(Table, Debug)]
#[dbkit(
    table = "timer_info_maps",
    primary_key(shard_id, namespace_id, workflow_id, run_id, timer_id)
)]
pub struct TimerInfoMaps {
    pub shard_id: i32,
    pub namespace_id: Vec<u8>,
    #[dbkit(varchar(255))]
    pub workflow_id: String,
    pub run_id: Vec<u8>,
    #[dbkit(varchar(255))]
    pub timer_id: String,
    pub data: Vec<u8>,
    #[dbkit(varchar(16))]
    pub data_encoding: Option<String>,
}

#[derive(Table, Debug)]
#[dbkit(table = "timer_tasks", primary_key(shard_id, visibility_timestamp, task_id))]
pub struct TimerTasks {
    pub shard_id: i32,
    pub visibility_timestamp: PrimitiveDateTime,
    pub task_id: i64,
    pub data: Vec<u8>,
    #[dbkit(varchar(16))]
    pub data_encoding: String,
}

#[derive(Table, Debug)]
#[dbkit(table = "transfer_tasks", primary_key(shard_id, task_id))]
pub struct TransferTasks {
    pub shard_id: i32,
    pub task_id: i64,
    pub data: Vec<u8>,
    #[dbkit(varchar(16))]
    pub data_encoding: String,
}

#[derive(Table, Debug)]
#[dbkit(table = "visibility_tasks", primary_key(shard_id, task_id))]
pub struct VisibilityTasks {
    pub shard_id: i32,
    pub task_id: i64,
    pub data: Vec<u8>,
    #[dbkit(varchar(16))]
    pub data_encoding: String,
}
