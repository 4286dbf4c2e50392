import type { JsonObject, JsonValue } from '#plugin-sdk';
import type { WorkflowType } from '#engine';

/** One schema for every answer about an execution. Wire names; see the API reference. */
export interface ExecutionResult {
  /** `exec_<uuid>` */
  readonly execution_id: string;
  readonly workflow_type: WorkflowType;
  readonly status: ExecutionStatus;
  /** Null until it has ended. */
  readonly success: boolean | null;
  readonly output: JsonValue;
  readonly error_message: string | null;
  readonly error: ExecutionError | null;
  readonly error_state: ExecutionError | null;
  readonly warnings: readonly JsonObject[];
  readonly metrics: {
    readonly execution_time_ms: number;
    readonly tokens_used: number;
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    /** USD. */
    readonly cost: number;
    readonly price_table: string;
    readonly steps: number;
    readonly tool_calls: number;
  };
  readonly metadata: {
    readonly workflow_type: WorkflowType;
    readonly definition_id: string | null;
    readonly definition_version: number | null;
    readonly definition_name: string | null;
    readonly template_id: string | null;
    readonly template_name: string | null;
    readonly graph_digest: string | null;
    readonly conversation_id: string | null;
    readonly correlation_id: string;
    readonly retried_from: string | null;
    readonly parent_execution_id: string | null;
    readonly forked_from: string | null;
  };
  readonly input_data: JsonValue;
  readonly started_at: string;
  readonly completed_at: string | null;
  readonly waiting_for: JsonObject | null;
  readonly steps: readonly StepView[];
  readonly debug: { readonly steps: readonly DebugStep[] } | null;
}

export type ExecutionStatus =
  'pending' | 'running' | 'waiting' | 'cancelling' | 'failing' | 'completed' | 'failed' | 'cancelled';

export interface ExecutionError {
  readonly code: string;
  readonly message: string;
  readonly node_id: string | null;
  readonly path: string | null;
  readonly attempt: number | null;
  readonly retryable: boolean;
  /** Findings, when the code is `validation_failed`. */
  readonly validation?: readonly JsonObject[];
}

export interface StepView {
  readonly node_id: string;
  readonly node_type: string;
  readonly path: string;
  readonly status: 'scheduled' | 'running' | 'waiting' | 'succeeded' | 'failed' | 'skipped' | 'cancelled' | 'uncertain';
  readonly attempt: number;
  readonly port: string | null;
  readonly started_at: string | null;
  readonly completed_at: string | null;
  readonly duration_ms: number | null;
  readonly error: JsonObject | null;
  readonly metrics: {
    readonly tokens_used: number;
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly cost: number;
    readonly tool_calls: number;
  } | null;
}

export interface DebugStep extends StepView {
  readonly config: JsonValue;
  readonly incoming: JsonValue;
  readonly output: JsonValue;
  readonly attempts: readonly JsonObject[];
  readonly logs: readonly JsonObject[];
}
