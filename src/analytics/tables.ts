import { stringify } from 'csv-stringify/sync';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { TableQueryDto } from './analytics.dto.js';

/** A table of numbers: what is in its columns, and how its file is called. A column `a.b` is headed `a_b`. */
export interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly object[];
}

const usage = [
  'usage_count',
  'success_count',
  'failure_count',
  'cancelled_count',
  'success_rate',
  'execution_time_ms.avg',
  'execution_time_ms.p50',
  'execution_time_ms.p95',
  'execution_time_ms.p99',
  'tokens_used',
  'cost',
];

/** The columns of each table. */
export const columns = {
  day: ['day', ...usage],
  definition: ['definition_id', 'name', ...usage],
  template: ['template_id', 'name', ...usage],
  model: ['model', 'calls', 'prompt_tokens', 'completion_tokens', 'cost'],
  node: [
    'node_id',
    'type',
    'is_scope',
    'runs',
    'failures',
    'failed_attempts',
    'total_ms',
    'avg_ms',
    'p50_ms',
    'p95_ms',
    'prompt_tokens',
    'completion_tokens',
    'tool_calls',
    'cost',
  ],
} as const;

/** The numbers as they are, or, for a caller who would rather have a file, their table as CSV. */
export function answered<Numbers>(
  numbers: Numbers,
  table: Table,
  { format }: TableQueryDto,
  request: FastifyRequest,
  reply: FastifyReply,
): Numbers | string {
  reply.header('vary', 'accept');
  const wanted = format ?? (request.headers.accept?.includes('text/csv') ? 'csv' : 'json');
  if (wanted === 'json') return numbers;
  reply.type('text/csv; charset=utf-8').header('content-disposition', `attachment; filename="${table.name}.csv"`);
  return csvOf(table);
}

/**
 * RFC 4180, with a line of headers. A text that a spreadsheet would take for a formula gets an apostrophe before it: names
 * are written by whoever makes a definition, and files are opened by somebody else.
 */
export const csvOf = ({ columns: keys, rows }: Table): string =>
  stringify([...rows], {
    header: true,
    columns: keys.map((key) => ({ key, header: key.replace('.', '_') })),
    record_delimiter: 'windows',
    escape_formulas: true,
    cast: { boolean: String },
  });
