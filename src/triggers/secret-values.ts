/** The values of secrets, for comparing with what a request carries. */
export abstract class SecretValues {
  /** Null: this tenant has none of that name. */
  abstract find(tenant: string, name: string): Promise<string | null>;
}

/** Where none are kept: a webhook that names one refuses every request. */
export const noSecrets: SecretValues = { find: () => Promise.resolve(null) };
