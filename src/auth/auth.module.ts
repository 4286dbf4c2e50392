import { Global, Module } from '@nestjs/common';
import { EventStore } from '#event-store';
import type { Logger } from 'pino';
import { LOG } from '../config/log.js';
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
      inject: [EventStore, LOG],
      useFactory: async (store: EventStore, log: Logger) => {
        const accounts = new Accounts(store, (error) =>
          log.warn({ err: error }, 'A refused sign-in could not be recorded'),
        );
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
