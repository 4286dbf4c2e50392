import { parentPort, workerData } from 'node:worker_threads';
import type { SqliteFile } from './sqlite-connection.js';

/** A statement that gives rows, and its bound values. */
export interface Question {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** To the question that was asked first of those that have none yet. */
export type Answer =
  | { readonly type: 'rows'; readonly rows: readonly unknown[] }
  | { readonly type: 'refused'; readonly error: { readonly message: string; readonly code: string | undefined } };

/** Reads a file of tables for another thread: question by question, each to its end. Ends when it is told null. */
const beside = import.meta.url.endsWith('.ts') ? './sqlite-connection.ts' : './sqlite-connection.js';
const { connect } = (await import(beside)) as typeof import('./sqlite-connection.js');
const tables = connect(workerData as SqliteFile);

const answerTo = ({ text, values }: Question): Answer => {
  try {
    return { type: 'rows', rows: tables.prepare(text).all(values) };
  } catch (error) {
    const { message, code } = error as { readonly message: string; readonly code?: string };
    return { type: 'refused', error: { message, code } };
  }
};

parentPort!.on('message', (question: Question | null) => {
  if (question !== null) return parentPort!.postMessage(answerTo(question));
  tables.close();
  parentPort!.close();
});
