import { CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ReadModel } from '#read-model';
import type { Credential } from '../../auth/credential.js';
import { OwnWrites } from '../../database/own-writes.js';
import { prefixed } from '../../http/ids.js';
import { Problem } from '../../http/problem.js';
import type { ImportWarningDto } from '../template.dto.js';
import { builtInRefused, Templates } from '../templates.js';
import { ImportTemplate, type ImportedTemplate } from './import-template.command.js';
import { SaveTemplate, type SentTemplate } from './save-template.command.js';

/** Names are no longer than this, with what makes them differ. */
const longestName = 200;
const mostCopies = 100;

/**
 * 1. A name that nobody has is kept.
 * 2. `rename`: it gets a number, and a warning says so.
 * 3. `replace`: the oldest template of that name that the caller sees gets it as its next version; what is built in stays.
 * 4. `fail`: nothing is saved.
 */
@CommandHandler(ImportTemplate)
export class ImportTemplateHandler implements ICommandHandler<ImportTemplate> {
  constructor(
    private readonly commands: CommandBus,
    private readonly templates: Templates,
    private readonly readModel: ReadModel,
    private readonly ownWrites: OwnWrites,
  ) {}

  async execute({ target, carried, onConflict, caller }: ImportTemplate): Promise<ImportedTemplate> {
    const sent: SentTemplate = { ...carried, is_public: false };
    const { id, requestDigest } = target;
    const before = requestDigest === undefined ? null : await this.templates.madeBefore(id, requestDigest, caller);
    if (before) return { template: before, replayed: true, validation: null, warnings: [], replaced: false };

    await this.ownWrites.seen();
    const clash = await this.clash(carried.name, caller);
    if (clash === null) return this.create(target, sent, caller, []); // rule 1
    if (onConflict === 'fail')
      throw new Problem(
        'template_name_taken',
        `There is a template "${carried.name}" already. Import it with on_conflict=rename or on_conflict=replace.`,
      ); // rule 4
    if (onConflict === 'replace') return this.replace(clash, sent, caller); // rule 3
    const name = await this.freeName(carried.name, caller);
    return this.create(target, { ...sent, name }, caller, [renamed(carried.name, name)]); // rule 2
  }

  private async create(
    target: ImportTemplate['target'],
    sent: SentTemplate,
    caller: Credential,
    warnings: readonly ImportWarningDto[],
  ): Promise<ImportedTemplate> {
    const saved = await this.commands.execute(new SaveTemplate({ is: 'new', ...target }, sent, caller));
    return { ...saved, warnings, replaced: false };
  }

  private async replace(clash: Clash, sent: SentTemplate, caller: Credential): Promise<ImportedTemplate> {
    if (clash.id === null) throw builtInRefused(sent.name);
    const is_public = clash.is_public;
    const saved = await this.commands.execute(
      new SaveTemplate({ is: 'known', id: clash.id }, { ...sent, is_public }, caller),
    );
    const message = `"${sent.name}" has taken the place of the template of that name, ${prefixed('tpl', clash.id)}.`;
    return { ...saved, warnings: [{ code: 'template_replaced', message, path: '/template/name' }], replaced: true };
  }

  /** Those of the log come first: what is built in cannot be replaced. */
  private async clash(name: string, { tenant, sub }: Credential): Promise<Clash | null> {
    const [first] = await this.readModel.templates.named(tenant, sub, name);
    if (first) return first;
    return this.templates.builtIn.named(name) ? { id: null, is_public: true } : null;
  }

  private async freeName(name: string, caller: Credential): Promise<string> {
    for (let copy = 2; copy <= mostCopies; copy += 1) {
      const mark = ` (${copy})`;
      const tried = `${name.slice(0, longestName - mark.length).toWellFormed()}${mark}`;
      if ((await this.clash(tried, caller)) === null) return tried;
    }
    throw new Problem('template_name_taken', `There are ${mostCopies} templates "${name}". Rename it in the file.`);
  }
}

interface Clash {
  /** Null: it is built in. */
  readonly id: string | null;
  readonly is_public: boolean;
}

const renamed = (from: string, to: string): ImportWarningDto => ({
  code: 'template_renamed',
  message: `There is a template "${from}" already: this one is called "${to}".`,
  path: '/template/name',
});
