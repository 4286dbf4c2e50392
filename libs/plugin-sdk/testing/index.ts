export {
  beginWait,
  type Body,
  type CallsOptions,
  type CallsOutcome,
  combine,
  driveCalls,
  driveScope,
  type ScopeOptions,
  type ScopeOutcome,
  type Waiting,
} from './drive.js';
export { answering, recorded, type RecordedExchange, type RecordedHttp, type RecordedModels } from './recorded.js';
export { runNode, type RunOptions, type RunOutcome } from './run-node.js';
export { runTool, type RunToolOptions, type ToolOutcome } from './run-tool.js';
