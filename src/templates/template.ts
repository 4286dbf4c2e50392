import type { Graph, TemplateDetails, TemplateParameter } from '#engine';
import type { Position } from '#event-store';

/** What a template runs: its graph, and what may be filled into it. */
export interface TemplateContent {
  readonly graph: Graph;
  readonly parameters: readonly TemplateParameter[];
}

/** A template, of the log or built in. */
export interface Template extends TemplateDetails {
  /** UUID without prefix. */
  readonly id: string;
  readonly builtIn: boolean;
  readonly owner: string;
  readonly version: number;
  readonly content_digest: string;
  readonly created_at: string;
  readonly updated_at: string;
  /** Behind which lists show it; null: they do already. */
  readonly position: Position | null;
}

export interface ToSave extends TemplateDetails, TemplateContent {
  /** The definition that it is made of; a UUID. */
  readonly definitionId?: string;
}
