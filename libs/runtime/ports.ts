import type { Graph } from '#engine';
import type { JsonObject } from '#plugin-sdk';
import type { Caller, ExecutionRequest } from './execution-request.js';

/** A published version of a definition, ready to run. */
export interface PublishedGraph {
  /** UUID without prefix. */
  readonly definitionId: string;
  readonly version: number;
  readonly name: string;
  /** `sha256:…` over the canonical graph. */
  readonly digest: string;
  readonly graph: Graph;
}

/** Where definitions come from. Null: no such definition or version for this tenant. */
export abstract class DefinitionSource {
  abstract load(tenant: string, definitionId: string, version?: number): Promise<PublishedGraph | null>;
}

export interface CheckedGraph {
  /** Null when it is not even a graph. */
  readonly graph: Graph | null;
  /** Wire findings: `{rule, message, node_id, edge_id, path, severity, layer}`. */
  readonly errors: readonly JsonObject[];
  readonly warnings: readonly JsonObject[];
}

/** What a request says about what it may do. */
export interface CheckBounds {
  readonly allowedTools: readonly string[] | null;
  /** Whose version it is; null where it is none's. */
  readonly definitionId: string | null;
}

/** The validator, as the engine asks it before a run: all four layers, nothing executed. */
export abstract class GraphCheck {
  /** Raw nodes and edges, as a client sent them. */
  abstract raw(nodes: unknown, edges: unknown, caller: Caller, bounds?: CheckBounds): CheckedGraph;
  /** A graph that was canonical when it was published; may be answered from a cache by its digest. */
  abstract published(graph: Graph, digest: string, caller: Caller, bounds?: CheckBounds): CheckedGraph;
}

/** A template's graph with the caller's parameters filled in: no parameter is left in it. */
export interface FilledTemplate {
  /** UUID without prefix. */
  readonly templateId: string;
  readonly name: string;
  readonly graph: Graph;
  /** Wire findings: parameters that are missing, unknown or of the wrong type. The run is then recorded as refused. */
  readonly problems: readonly JsonObject[];
}

/** Where templates come from. Null: no such template for this tenant. */
export abstract class TemplateSource {
  abstract fill(tenant: string, templateId: string, params: JsonObject): Promise<FilledTemplate | null>;
}

/** A chat message on its way: the graph that answers it, in its conversation. */
export interface OpenedChat {
  /** UUID without prefix. */
  readonly conversationId: string;
  readonly graph: Graph;
  /** What the execution is given as its input. */
  readonly input: JsonObject;
}

/** The conversations that executions take part in. Throws a refusal where the caller has none of that id. */
export abstract class ChatSource {
  /** Turns a chat request into a message and the graph that answers it. */
  abstract open(request: ExecutionRequest, caller: Caller, executionId: string): Promise<OpenedChat>;
  /** Nothing is said: the execution's own nodes may read the conversation, and write in it. */
  abstract join(conversationId: string, caller: Caller): Promise<void>;
}
