import { Injectable } from '@nestjs/common';
import { diffGraphs, diffValues, type Graph } from '#engine';
import type { JsonValue } from '#plugin-sdk';
import { prefixed } from '../http/ids.js';
import { Problem } from '../http/problem.js';
import type { DefinitionDiffDto, DiffQueryDto } from './definition-diff.dto.js';
import { wholeDraft } from './definition-view.js';
import { Definitions } from './definitions.js';
import { Drafts, type Known } from './drafts/drafts.js';

interface Side {
  readonly label: { readonly version: number | null; readonly draft_revision: number | null };
  readonly graph: Graph;
  readonly details: JsonValue;
}

/** What differs between two versions of a definition, or between one and its draft. */
@Injectable()
export class DefinitionDiffs {
  constructor(
    private readonly definitions: Definitions,
    private readonly drafts: Drafts,
  ) {}

  /** `to` is the newest version where it is left out, `from` the version before it; before the draft, the newest. */
  async between(known: Known, query: DiffQueryDto, tenant: string): Promise<DefinitionDiffDto> {
    const newest = known.state.versions.length;
    const to = query.to ?? String(newest);
    const from = query.from ?? String(to === 'draft' ? newest : Number(to) - 1);
    if (from === '0') throw new Problem('invalid_request', 'There is no version before the first: say `from`.');
    const left = await this.side(known, from, tenant);
    const right = await this.side(known, to, tenant);
    const { identical, ...parts } = diffGraphs(left.graph, right.graph);
    const details = diffValues(left.details, right.details);
    return {
      definition_id: prefixed('wf', known.id),
      from: left.label,
      to: right.label,
      identical: identical && details.length === 0,
      ...parts,
      details,
    } as unknown as DefinitionDiffDto;
  }

  private async side(known: Known, side: string, tenant: string): Promise<Side> {
    if (side === 'draft') return this.draft(known, tenant);
    const version = known.state.versions[Number(side) - 1];
    if (!version) throw new Problem('version_not_found', `This definition has no version ${side}.`);
    const { name, metadata } = version;
    const graph = await this.definitions.graph(tenant, version.graph_digest);
    return { label: { version: version.version, draft_revision: null }, graph, details: { name, metadata } };
  }

  private async draft(known: Known, tenant: string): Promise<Side> {
    const draft = await this.drafts.find(tenant, known);
    if (!draft) throw new Problem('draft_not_found', 'This definition has no draft. Save one with PUT …/draft.');
    const { name, metadata, graph } = wholeDraft(known.state, draft.content);
    return { label: { version: null, draft_revision: draft.facts.revision }, graph, details: { name, metadata } };
  }
}
