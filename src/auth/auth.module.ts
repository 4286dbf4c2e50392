import { Global, Module } from '@nestjs/common';
import { EventStore } from '#event-store';
import type { Logger } from 'pino';
import { LOG } from '../config/log.js';
import { OtherProcesses } from '../database/other-processes.js';
import { ENVIRONMENT, type Environment } from '../config/environment.js';
import { Accounts } from './accounts.js';
import { AuthController } from './auth.controller.js';
import { Sessions } from './sessions.js';

@Global()
@Module({
  controllers: [AuthController],
  providers: [
    {
      provide: Accounts,
      inject: [EventStore, OtherProcesses, LOG],
      useFactory: async (store: EventStore, others: OtherProcesses, log: Logger) => {
        const accounts = new Accounts(store, (error) =>
          log.warn({ err: error }, 'A refused sign-in could not be recorded, or an account not be read'),
        );
        await others.hear({ categories: ['account'] }, async (event) => accounts.heard(event));
        await accounts.load();
        return accounts;
      },
    },
    {
      provide: Sessions,
      inject: [Accounts, ENVIRONMENT],
      useFactory: (accounts: Accounts, { authSecret }: Environment) => new Sessions(accounts, authSecret),
    },
  ],
  exports: [Accounts, Sessions],
})
export class AuthModule {}
