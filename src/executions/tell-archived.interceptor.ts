import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { ReadModel } from '#read-model';
import type { FastifyRequest } from 'fastify';
import { catchError, type Observable } from 'rxjs';
import { uuidIn } from '../http/ids.js';
import { Problem } from '../http/problem.js';

/** An execution that is no longer in the log is not unknown: its tenant is told in which file it is. */
@Injectable()
export class TellArchived implements NestInterceptor {
  constructor(private readonly readModel: ReadModel) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest<{ Params: { id?: string } }>>();
    return next.handle().pipe(
      catchError(async (error: unknown) => {
        throw (await this.archived(error, request)) ?? error;
      }),
    );
  }

  private async archived(
    error: unknown,
    { params, credential }: FastifyRequest<{ Params: { id?: string } }>,
  ): Promise<Problem | null> {
    if ((error as { code?: unknown } | null)?.code !== 'execution_not_found') return null;
    const id = uuidIn('exec', params.id ?? '');
    const found = id === null || !credential ? null : await this.readModel.archived.find(credential.tenant, id);
    if (!found) return null;
    const { file, file_sha256, head, events, archived_at } = found;
    return new Problem('execution_archived', `The execution ${params.id} was archived: its history is in ${file}.`, {
      extra: { archived: { file, file_sha256, head, events, archived_at } },
    });
  }
}
