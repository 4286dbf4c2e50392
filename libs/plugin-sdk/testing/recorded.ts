import { NodeFailure } from '../failure.js';
import type {
  HttpClient,
  HttpRequest,
  HttpResponse,
  ModelAnswer,
  ModelClient,
  ModelRequest,
} from '../clients/index.js';

/** What a recorded exchange answers: a response in whole or in part, or a failure. */
export interface RecordedExchange {
  /** Default: any method. */
  readonly method?: string;
  /** Default: any URL. */
  readonly url?: string;
  /** Default 200, without headers, with an empty body. A `json` stands for its text and content type. */
  readonly response?: Partial<HttpResponse> & { readonly json?: unknown };
  readonly failure?: NodeFailure;
}

export interface RecordedHttp extends HttpClient {
  /** What was sent, in order. */
  readonly requests: readonly HttpRequest[];
}

/**
 * An HTTP client that answers from a list, one exchange for each request, in order. A request that is not the next one,
 * or comes after the last, fails with `not_recorded`.
 */
export function recorded(exchanges: readonly RecordedExchange[]): RecordedHttp {
  const requests: HttpRequest[] = [];
  return {
    requests,
    async send(request) {
      const exchange = exchanges[requests.length];
      requests.push(request);
      if (!exchange || !isFor(exchange, request)) throw notRecorded(request, exchange);
      if (exchange.failure) throw exchange.failure;
      return responseOf(exchange.response ?? {});
    },
  };
}

const isFor = ({ method, url }: RecordedExchange, request: HttpRequest): boolean =>
  (method ?? request.method) === request.method && (url ?? request.url) === request.url;

function notRecorded({ method, url }: HttpRequest, next: RecordedExchange | undefined): NodeFailure {
  const expected =
    next === undefined
      ? 'nothing more is recorded'
      : `recorded is ${next.method ?? 'any method'} ${next.url ?? 'of any URL'}`;
  return new NodeFailure({ code: 'not_recorded', message: `The node sent ${method} ${url}, but ${expected}.` });
}

function responseOf({
  json,
  status = 200,
  headers = {},
  body,
}: NonNullable<RecordedExchange['response']>): HttpResponse {
  if (json === undefined) return { status, headers, body: body ?? '' };
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(json) };
}

export interface RecordedModels extends ModelClient {
  /** What was asked, in order. */
  readonly requests: readonly ModelRequest[];
}

/** A model that gives these answers, one for each request, in order; a text is an answer with nothing else to say. */
export function answering(answers: readonly (string | Partial<ModelAnswer> | NodeFailure)[]): RecordedModels {
  const requests: ModelRequest[] = [];
  return {
    requests,
    async generate(request, onText) {
      const answer = answers[requests.length];
      requests.push(request);
      if (answer === undefined)
        throw new NodeFailure({ code: 'not_recorded', message: 'The node asked once more than answers are recorded.' });
      if (answer instanceof NodeFailure) throw answer;
      const whole = { ...emptyAnswer, ...(typeof answer === 'string' ? { text: answer } : answer) };
      if (request.stream) for (const word of whole.text.match(/\s*\S+/g) ?? []) onText?.(word);
      return whole;
    },
  };
}

const emptyAnswer: ModelAnswer = {
  text: '',
  finishReason: 'stop',
  promptTokens: 0,
  completionTokens: 0,
  costNanoUsd: 0,
  priceTable: 'none',
  provider: 'recorded',
  model: 'recorded-1',
};
