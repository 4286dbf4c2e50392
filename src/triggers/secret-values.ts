/** The values of secrets, for comparing with what a request carries. */
export abstract class SecretValues {
  /** Null: this tenant has none of that name. */
  abstract find(tenant: string, name: string): Promise<string | null>;
}
