import type { WorkflowType } from '#engine';
import type { JsonObject, JsonValue } from '#plugin-sdk';

/** What starts an execution: the body of `POST /workflows/execute`, once its envelope has been checked. Wire names. */
export interface ExecutionRequest {
  readonly workflow_type: WorkflowType;
  /** UUID without prefix. */
  readonly definition_id?: string | null;
  readonly definition_version?: number | null;
  readonly template_id?: string | null;
  readonly params?: JsonObject;
  /** Raw, as sent: normalised by `readGraph`. */
  readonly nodes?: readonly JsonValue[] | null;
  readonly edges?: readonly JsonValue[] | null;
  readonly message?: string | null;
  readonly conversation_id?: string | null;
  readonly input_data?: JsonObject;
  readonly config?: Partial<ExecutionConfig>;
}

/** Options of one execution, with the defaults of `defaultConfig`. */
export interface ExecutionConfig {
  readonly debug_mode: boolean;
  readonly streaming: boolean;
  readonly stream_events: boolean;
  readonly async: boolean;
  readonly timeout_ms: number;
  readonly deadline: string | null;
  readonly priority: number;
  readonly tags: readonly string[];
  readonly limits: {
    readonly max_steps?: number;
    readonly max_total_tokens?: number | null;
    readonly max_cost?: number | null;
  };
  readonly provider: string | null;
  readonly model: string | null;
  readonly temperature: number | null;
  readonly max_tokens: number | null;
  readonly system_message: string | null;
  readonly enable_memory: boolean;
  readonly enable_retrieval: boolean;
  readonly enable_tools: boolean;
  readonly memory_window: number;
  readonly max_tool_calls: number;
  readonly max_documents: number;
  readonly allowed_tools: readonly string[] | null;
}

/** Who asks, as the credential says. */
export interface Caller {
  readonly sub: string;
  readonly via: 'api_key' | 'session' | 'engine' | 'webhook' | 'schedule';
  readonly tenant: string;
}
