import {
  changed,
  down,
  extended,
  frozen,
  movedTo,
  type RequestEdit,
  type SeriesEdit,
  set,
  silent,
  until,
} from './edits.ts';
import type { RecordingName } from './recorded.ts';

/** A recording, perhaps changed, and the alerts that fire at any time of it. */
export interface AlertCase {
  readonly title: string;
  readonly recording: RecordingName;
  readonly requests?: RequestEdit;
  /** Scrapes end with the last of the changed requests; otherwise, they go on as long as the recording. */
  readonly endsEarly?: true;
  readonly series?: readonly SeriesEdit[];
  /** Second of the recording at which pitot loses its totals. */
  readonly restartSecond?: number;
  /** Names of all alerts that fire. */
  readonly names: readonly string[];
  /** Alerts that are among them, with labels. */
  readonly fires?: readonly string[];
  /** Beginnings of alerts that do not fire. */
  readonly silent?: readonly string[];
}

/** Events while Airflow 3.3 was recorded: failed and killed tasks, an invalid Dag file, a trigger that blocks. */
const live = [
  'AirflowDagImportErrors',
  'AirflowDagRunFailed',
  'AirflowTaskFailsRepeatedly',
  'AirflowTaskFailureRatioHigh',
  'AirflowTasksKilled',
  'AirflowTasksOrphaned',
  'AirflowTriggerBlocksMainThread',
];
/** Events while Airflow 2.11 with flushing tasks was recorded. */
const flushing = [
  'AirflowDagRunFailed',
  'AirflowTaskFailsRepeatedly',
  'AirflowTaskFailureRatioHigh',
  'AirflowTasksKilled',
  'AirflowTriggerBlocksMainThread',
];
const and = (...names: string[]): string[] => [...live, ...names].sort();
const half = (name: string): RegExp => new RegExp(`^airflow_${name}$`);

export const alertCases: readonly AlertCase[] = [
  {
    title: 'the live recording as it is',
    recording: 'airflow-3.3-live',
    names: live,
    fires: [
      'AirflowDagImportErrors',
      'AirflowDagRunFailed dag_id=callback_breaks',
      'AirflowDagRunFailed dag_id=deferrals',
      'AirflowDagRunFailed dag_id=failing',
      'AirflowDagRunFailed dag_id=half_minute',
      'AirflowDagRunFailed dag_id=killed',
      'AirflowDagRunFailed dag_id=pooled',
      'AirflowDagRunFailed dag_id=run_times_out',
      'AirflowDagRunFailed dag_id=sensor_gives_up',
      'AirflowDagRunFailed dag_id=teardowns',
      'AirflowDagRunFailed dag_id=waiting',
      'AirflowTaskFailsRepeatedly dag_id=callback_breaks task_id=bad',
      'AirflowTaskFailsRepeatedly dag_id=failing task_id=always_fails',
      'AirflowTaskFailsRepeatedly dag_id=failing task_id=fail_now',
      'AirflowTaskFailsRepeatedly dag_id=failing task_id=times_out',
      'AirflowTaskFailsRepeatedly dag_id=killed task_id=kills_itself',
      'AirflowTasksKilled dag_id=deferrals task_id=waits_twice',
      'AirflowTasksKilled dag_id=half_minute task_id=works_a_while',
      'AirflowTasksKilled dag_id=killed task_id=kills_itself',
      'AirflowTasksKilled dag_id=pooled task_id=slot_0',
      'AirflowTasksOrphaned',
      'AirflowTriggerBlocksMainThread',
    ],
    silent: [
      // It failed once in each run, and succeeded then.
      'AirflowTaskFailsRepeatedly dag_id=failing task_id=flaky',
      'AirflowTaskFailureRatioHigh dag_id=branching',
      // Killed with a signal that Airflow handles: the task finished.
      'AirflowTasksKilled dag_id=killed task_id=terminated',
    ],
  },
  {
    title: 'the first four minutes after unpausing: late first runs and two failures are no alarm',
    recording: 'airflow-3.3-live',
    requests: until(4),
    endsEarly: true,
    names: [
      'AirflowDagRunFailed',
      'AirflowTaskFailsRepeatedly',
      'AirflowTasksKilled',
      'AirflowTriggerBlocksMainThread',
    ],
    silent: ['AirflowTaskFailsRepeatedly dag_id=callback_breaks', 'AirflowScheduleDelayHigh'],
  },
  {
    title: 'Airflow 3.1 as it is',
    recording: 'airflow-3.1',
    names: ['AirflowDagRunFailed', 'AirflowDagRunFailedWithoutFailedTask', 'AirflowTaskFailsRepeatedly'],
    fires: [
      'AirflowDagRunFailed dag_id=failing',
      'AirflowDagRunFailed dag_id=killed',
      // Airflow 3.1 counts no killed task.
      'AirflowDagRunFailedWithoutFailedTask dag_id=killed',
      'AirflowTaskFailsRepeatedly dag_id=failing task_id=always_fails',
    ],
    silent: ['AirflowDagRunFailedWithoutFailedTask dag_id=failing'],
  },
  {
    title: 'Airflow 2.11 as it is, which loses finishes: no alert takes them for hanging tasks',
    recording: 'airflow-2.11',
    names: ['AirflowDagRunFailed', 'AirflowTasksKilled'],
    fires: [
      'AirflowDagRunFailed dag_id=failing',
      'AirflowDagRunFailed dag_id=killed',
      'AirflowTasksKilled dag_id=killed task_id=kills_itself',
    ],
  },
  {
    title: 'Airflow 2.11 whose tasks flush',
    recording: 'airflow-2.11-flush',
    names: flushing,
    fires: [
      'AirflowTaskFailsRepeatedly dag_id=failing task_id=always_fails',
      'AirflowTasksKilled dag_id=killed task_id=kills_itself',
    ],
    silent: ['AirflowTaskFailsRepeatedly dag_id=every_minute'],
  },
  {
    title: 'Airflow 3.2 as it is',
    recording: 'airflow-3.2',
    names: ['AirflowDagRunFailed', 'AirflowTaskFailsRepeatedly', 'AirflowTriggerBlocksMainThread'],
    fires: [
      'AirflowDagRunFailed dag_id=etl_orders-v2',
      'AirflowTaskFailsRepeatedly dag_id=etl_orders-v2 task_id=flaky',
    ],
    silent: ['AirflowDagRunFailed dag_id=every_minute'],
  },
  {
    title: 'Airflow 3.3 that is stopped after twelve minutes',
    recording: 'airflow-3.3',
    names: [
      'AirflowDagProcessorHeartbeatMissing',
      'AirflowDagRunFailed',
      'AirflowSchedulerHeartbeatMissing',
      'AirflowTaskFailsRepeatedly',
      'AirflowTriggererHeartbeatMissing',
    ],
    fires: ['AirflowTaskFailsRepeatedly dag_id=etl_orders-v2 task_id=flaky'],
  },
  {
    title: 'the scheduler dies and stays dead',
    recording: 'airflow-2.11-flush',
    requests: silent('airflow.scheduler_heartbeat', 5),
    names: [...flushing, 'AirflowSchedulerHeartbeatMissing'],
    fires: ['AirflowSchedulerHeartbeatMissing'],
  },
  {
    title: 'the triggerer dies and stays dead',
    recording: 'airflow-2.11-flush',
    requests: silent('airflow.triggerer_heartbeat', 2),
    names: [
      ...flushing.filter((name) => name !== 'AirflowTriggerBlocksMainThread'),
      'AirflowTriggererHeartbeatMissing',
    ],
    fires: ['AirflowTriggererHeartbeatMissing'],
  },
  {
    title: 'the Dag processor dies and stays dead',
    recording: 'airflow-3.3-live',
    series: [frozen({ name: half('dag_processor_heartbeat_total') }, 15)],
    names: and('AirflowDagProcessorHeartbeatMissing'),
    silent: ['AirflowSchedulerHeartbeatMissing', 'AirflowTriggererHeartbeatMissing'],
  },
  {
    title: 'one of two schedulers dies',
    recording: 'airflow-3.3-live',
    series: [
      changed({ name: half('scheduler_heartbeat_total') }, 0, (value) => 2 * value),
      extended(45),
      // Both go on for 12 minutes.
      changed(
        { name: half('scheduler_heartbeat_total') },
        28,
        (_, before, minutes) => before + 12 * Math.min(minutes, 12) + 12 * minutes,
      ),
    ],
    names: and(
      'AirflowDagProcessorHeartbeatMissing',
      'AirflowSchedulerHeartbeatsDropped',
      'AirflowTriggererHeartbeatMissing',
    ),
    silent: ['AirflowSchedulerHeartbeatMissing'],
  },
  {
    title: 'pitot cannot be scraped: its alert fires, not those of Airflow',
    recording: 'airflow-3.3-live',
    series: [down(15)],
    names: and('PitotDown'),
  },
  {
    title: 'the pod of pitot is replaced by one with the same totals',
    recording: 'airflow-3.3-live',
    series: [movedTo('pitot-2:8889', 15)],
    names: live,
    silent: ['AirflowTaskFailsRepeatedly dag_id=branching', 'AirflowDagRunFailed dag_id=every_minute'],
  },
  {
    title: 'pitot restarts without its totals',
    recording: 'airflow-3.3-live',
    restartSecond: 15 * 60,
    names: live,
    silent: ['AirflowDagRunFailed dag_id=every_minute'],
  },
  {
    title: 'all runs of one Dag start two minutes late',
    recording: 'airflow-3.3-live',
    series: [
      changed(
        { name: half('dagrun_schedule_delay_milliseconds_sum'), labels: { dag_id: 'every_minute' } },
        0,
        (value, _, minutes) => value + 120_000 * minutes,
      ),
    ],
    names: and('AirflowScheduleDelayHigh'),
    fires: ['AirflowScheduleDelayHigh dag_id=every_minute'],
    silent: ['AirflowScheduleDelayHigh dag_id=half_minute'],
  },
  {
    title: 'no Dag run fails',
    recording: 'airflow-3.3-live',
    series: [set({ name: half('dagrun_duration_failed_milliseconds_count') }, 0, 5)],
    names: live.filter((name) => name !== 'AirflowDagRunFailed'),
  },
  {
    title: 'a pool has no slots for long',
    recording: 'airflow-3.3-live',
    series: [
      set({ name: half('pool_open_slots'), labels: { pool_name: 'small' } }, 4, 0),
      set({ name: half('pool_(starving_tasks|scheduled_slots)'), labels: { pool_name: 'small' } }, 4, 3),
    ],
    names: and('AirflowPoolFull', 'AirflowPoolStarving'),
    fires: ['AirflowPoolFull pool_name=small', 'AirflowPoolStarving pool_name=small'],
    silent: ['AirflowPoolFull pool_name=default_pool', 'AirflowPoolStarving pool_name=default_pool'],
  },
  {
    title: 'one of two executors has no slots',
    recording: 'airflow-3.3-live',
    series: [
      set({ name: half('executor_open_slots'), labels: { executor_class_name: 'CeleryExecutor' } }, 16, 0),
      set({ name: half('executor_queued_tasks'), labels: { executor_class_name: 'CeleryExecutor' } }, 16, 9),
    ],
    names: and('AirflowExecutorNoOpenSlots'),
    fires: ['AirflowExecutorNoOpenSlots executor_class_name=CeleryExecutor'],
    silent: ['AirflowExecutorNoOpenSlots executor_class_name=LocalExecutor'],
  },
  {
    title: 'LocalExecutor of Airflow 3 has no slots: it reports that all of them are open',
    recording: 'airflow-3.3-live',
    series: [set({ name: half('executor_queued_tasks'), labels: { executor_class_name: 'LocalExecutor' } }, 2, 9)],
    names: and('AirflowExecutorNoOpenSlots'),
    fires: ['AirflowExecutorNoOpenSlots executor_class_name=LocalExecutor'],
    silent: ['AirflowExecutorNoOpenSlots executor_class_name=CeleryExecutor'],
  },
  {
    title: 'the triggerer is full',
    recording: 'airflow-3.3-live',
    series: [set({ name: half('triggerer_capacity_left') }, 10, 0)],
    names: and('AirflowTriggererFull'),
    fires: ['AirflowTriggererFull hostname=airflow-host'],
  },
  {
    title: 'a Dag file is not parsed any more',
    recording: 'airflow-3.3-live',
    series: [
      changed(
        { name: half('dag_processing_last_run_seconds_ago'), labels: { file_name: 'more' } },
        16,
        (_, before, minutes) => before + 60 * minutes,
      ),
    ],
    names: and(),
    silent: ['AirflowDagFileNotParsed file_name=shapes'],
  },
  {
    title: 'a Dag file is not parsed for long',
    recording: 'airflow-3.3-live',
    series: [
      changed(
        { name: half('dag_processing_last_run_seconds_ago'), labels: { file_name: 'more' } },
        8,
        (_, before, minutes) => before + 60 * minutes,
      ),
    ],
    names: and('AirflowDagFileNotParsed'),
    fires: ['AirflowDagFileNotParsed bundle_name=dags-folder file_name=more'],
    silent: ['AirflowDagFileNotParsed bundle_name=dags-folder file_name=shapes'],
  },
  {
    title: 'many Dag files wait',
    recording: 'airflow-3.3-live',
    series: [set({ name: half('dag_processing_file_path_queue_size') }, 0, 60), extended(15)],
    names: and(
      'AirflowDagFileQueueGrowing',
      'AirflowDagProcessorHeartbeatMissing',
      'AirflowSchedulerHeartbeatMissing',
      'AirflowTriggererHeartbeatMissing',
    ),
  },
  {
    title: 'tasks start and do not finish',
    recording: 'airflow-3.3-live',
    series: [frozen({ name: half('ti_finish_total') }, 3), extended(8)],
    names: and(
      'AirflowDagProcessorHeartbeatMissing',
      'AirflowSchedulerHeartbeatMissing',
      'AirflowTasksDoNotFinish',
      'AirflowTriggererHeartbeatMissing',
    ),
    fires: ['AirflowTasksDoNotFinish'],
  },
];
