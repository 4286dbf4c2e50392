import { Command } from '@nestjs/cqrs';
import type { JsonObject } from '#plugin-sdk';
import type { Credential } from '../../auth/credential.js';
import type { Published } from '../../definitions/commands/publish-definition.command.js';
import type { Template } from '../template.js';

/** Publish a definition from a template, with its parameters filled in. Refused with findings where they do not fit. */
export class InstantiateTemplate extends Command<Published> {
  constructor(
    readonly template: Template,
    readonly params: JsonObject,
    /** Of the definition. Default: the template's. */
    readonly name: string | undefined,
    /** A UUID for the definition. */
    readonly definitionId: string,
    readonly caller: Credential,
  ) {
    super();
  }
}
