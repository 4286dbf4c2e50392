/** What a server can do, as far as it matters for a graph. Plain data, so that checks need nobody else. */
export interface ServerFacts {
  /** Who serves models. */
  readonly providers: readonly string[];
  /** Models that are listed; of providers that serve others too, those are not judged. */
  readonly models: readonly ModelFact[];
  readonly tools: readonly ToolFact[];
  /** What a node type from outside may reach, by its manifest; null for one that is held to nothing. */
  permissionsOf(type: string): Permissions | null;
}

export interface ModelFact {
  readonly provider: string;
  readonly model: string;
  /** Asked by whoever names no model. */
  readonly default: boolean;
  readonly features: ModelFeatures;
  /** USD for a million tokens of answer; null: not known. */
  readonly answer_price: number | null;
}

export interface ModelFeatures {
  readonly tools: boolean;
  readonly structured_output: boolean;
  readonly streaming: boolean;
  /** Left out: nobody said, so pictures are not judged. */
  readonly images?: boolean;
}

export interface ToolFact {
  readonly name: string;
}

export interface Permissions {
  readonly http: readonly string[];
  readonly models: readonly string[];
  readonly tools?: readonly string[];
}
