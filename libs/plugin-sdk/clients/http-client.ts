export interface HttpRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly maxBytes: number;
  readonly followRedirects: boolean;
}
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
/** The only way out over HTTP: allow-list, resolved and connected address checked, sizes bounded. Throws `NodeFailure`. */
export interface HttpClient {
  send(request: HttpRequest): Promise<HttpResponse>;
}
