export { openCluster, type Cluster, type ClusterOptions } from './open-cluster.js';
export type { ClusterLog } from './open-executions-follower.js';
