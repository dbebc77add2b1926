import type { Row } from '../dashboard.ts';
import { type Generation, sends, unitOf } from './generation.ts';
import { type Conditional, line } from './panels.ts';
import { mean, on } from './queries.ts';

/** Panels about metrics that Airflow's main branch adds. */
export function mainBranch(generation: Generation): Row<Conditional> {
  const rate = (metric: string, by: string) =>
    `sum by (${by}) (increase(airflow_${metric}_total{${on}}[$__rate_interval]))`;
  const duration = (legend: string, timer: string): readonly [string, string, string] => [
    legend,
    timer,
    sends(generation, timer) ? mean(generation, timer, 'job') : '',
  ];
  return {
    title: 'New after Airflow 3.3',
    height: 8,
    panels: [
      line(
        'Dag runs, by state',
        'short',
        ['{{dag_id}} queued', 'scheduler.dagruns.queued', `sum by (dag_id) (airflow_scheduler_dagruns_queued{${on}})`],
        [
          '{{dag_id}} running',
          ['scheduler.dagruns.queued', 'scheduler.dagruns.running'],
          `sum by (dag_id) (airflow_scheduler_dagruns_running{${on}})`,
        ],
      ),
      line(
        'Scheduler: exceptions and zombies',
        'short',
        [
          '{{exception_class}} ended the loop',
          'scheduler.loop_exceptions',
          rate('scheduler_loop_exceptions', 'exception_class'),
        ],
        [
          '{{exception_class}} in executor events',
          'scheduler.executor_events.failed',
          rate('scheduler_executor_events_failed', 'exception_class'),
        ],
        ['zombies ({{reason}})', 'scheduler.zombies.detected', rate('scheduler_zombies_detected', 'reason')],
      ),
      line(
        'Executor events',
        'short',
        ['processed', 'scheduler.executor_events.processed', rate('scheduler_executor_events_processed', 'job')],
        [
          'batch size',
          'scheduler.executor_events.batch_size',
          `max(airflow_scheduler_executor_events_batch_size{${on}})`,
        ],
      ),
      line(
        'Dag versions',
        'short',
        [
          '{{dag_id}} created',
          'dag.serialization.version_created',
          rate('dag_serialization_version_created', 'dag_id'),
        ],
        [
          '{{dag_id}} updated',
          'dag.serialization.version_updated',
          rate('dag_serialization_version_updated', 'dag_id'),
        ],
      ),
      line(
        'Triggers',
        unitOf(generation),
        duration('delay in the queue', 'triggerer.trigger_queue_delay'),
        duration('creation of a batch', 'triggerer.batch_trigger_creation_duration'),
      ),
      line(
        'KubernetesExecutor: creation of pods',
        unitOf(generation),
        duration('batch', 'kubernetes_executor.pod_creation_batch_duration'),
      ),
      line(
        'KubernetesExecutor: pods per batch, and triggers in an unexpected state',
        'short',
        [
          'pods per batch',
          'kubernetes_executor.pod_creation_batch_size',
          `max(airflow_kubernetes_executor_pod_creation_batch_size{${on}})`,
        ],
        ['state mismatch of triggers', 'triggers.state_mismatch', rate('triggers_state_mismatch', 'job')],
      ),
      line(
        'Agents and tools of AI tasks',
        'short',
        [
          '{{framework}} {{toolset}} {{outcome}}',
          'common_ai.tool_calls',
          rate('common_ai_tool_calls', 'framework, toolset, outcome'),
        ],
        ['{{platform}} {{tool}} served', 'managed_agent.served', rate('managed_agent_served', 'platform, tool')],
        [
          '{{from_platform}} to {{to_platform}}',
          'managed_agent.failover',
          rate('managed_agent_failover', 'from_platform, to_platform'),
        ],
      ),
    ],
  };
}
