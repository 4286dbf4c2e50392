import { Inject, Injectable } from '@nestjs/common';
import { EventStore, Leases } from '#event-store';
import { ReadModel } from '#read-model';
import { ExecutionEngine } from '#runtime';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** What is measured of this process, looked up when it is asked for. */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();
  private readonly gauges = {
    active: this.gauge('chatter_executions_active', 'Executions in the memory of this process.'),
    running: this.gauge('chatter_steps_running', 'Attempts of steps that this process carries out.'),
    lag: this.gauge(
      'chatter_projection_lag_events',
      'Events that the tables of lists have not seen; 10,000 stands for more.',
    ),
    parked: this.gauge('chatter_projection_parked_streams', 'Streams that could not be folded into a table.'),
    done: this.gauge('chatter_projection_done_ratio', 'How much of the log the tables of lists have seen, 0–1.'),
    rebuilding: this.gauge('chatter_projection_rebuilding', 'Tables that are made anew beside the ones that are read.'),
    failing: this.gauge('chatter_projection_failing', '1 where no table moves at present.'),
    reachable: this.gauge('chatter_event_store_reachable', '1 where the log answers.'),
    lease: this.gauge('chatter_lease_held', '1 where this process may carry executions out.'),
  };

  constructor(
    private readonly engine: ExecutionEngine,
    private readonly readModel: ReadModel,
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(Leases) private readonly leases: Leases,
  ) {
    collectDefaultMetrics({ register: this.registry });
  }

  /** In the text form of Prometheus. */
  async gather(): Promise<string> {
    const { active, running } = this.engine.stats();
    this.gauges.active.set(active);
    this.gauges.running.set(running);
    this.gauges.lease.set(Number(this.leases.isHeld()));
    const lag = await this.readModel.lag().catch(() => null);
    this.gauges.reachable.set(Number(lag !== null && (await this.answers())));
    if (lag !== null) {
      this.gauges.lag.set(lag.events);
      this.gauges.done.set(lag.done);
      this.gauges.parked.set(lag.parked);
      this.gauges.rebuilding.set(lag.rebuilding.length);
      this.gauges.failing.set(Number(lag.failing !== null));
    }
    return this.registry.metrics();
  }

  private answers(): Promise<boolean> {
    return this.store.head().then(
      () => true,
      () => false,
    );
  }

  private gauge(name: string, help: string): Gauge {
    return new Gauge({ name, help, registers: [this.registry] });
  }
}
