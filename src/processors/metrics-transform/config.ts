import { type ConfigOf, config, float, list, string, stringList, stringMap } from '#config/schema.ts';

const actions = ['insert', 'update', 'combine', 'group'];
const operationActions = [
  'add_label',
  'update_label',
  'delete_label_value',
  'toggle_scalar_data_type',
  'experimental_scale_value',
  'aggregate_labels',
  'aggregate_label_values',
];
const aggregationTypes = ['sum', 'mean', 'min', 'max', 'count', 'median'];

const valueAction = config('metricstransformprocessor.ValueAction', {
  value: string('').describe('Current value of the label.'),
  new_value: string('').describe('New value of the label.'),
});

const operation = config('metricstransformprocessor.Operation', {
  action: string('').describe(operationActions.map((action) => `\`${action}\``).join(', ')),
  label: string('').describe('Label to change.'),
  new_label: string('').describe('New name of the label, or the label to add.'),
  label_set: stringList().describe('Labels that `aggregate_labels` keeps.'),
  aggregation_type: string('').describe(aggregationTypes.map((type) => `\`${type}\``).join(', ')),
  aggregated_values: stringList().describe('Values that `aggregate_label_values` combines into one.'),
  new_value: string('').describe(
    'Value of an added label or of combined values. `{{version}}` is replaced with the version.',
  ),
  value_actions: list(valueAction).describe('New values for `update_label`.'),
  experimental_scale: float(0).describe('Factor of `experimental_scale_value`.'),
  label_value: string('').describe('Points with this value are dropped by `delete_label_value`.'),
});

const transform = config('metricstransformprocessor.Transform', {
  include: string('').describe('Name of the metrics, or a pattern that matches a part of a name.'),
  match_type: string('strict', { values: ['strict', 'regexp'] }).describe('`strict` or `regexp`.'),
  experimental_match_labels: stringMap().describe('Selects only points with these labels.'),
  action: string('').describe(actions.map((action) => `\`${action}\``).join(', ')),
  new_name: string('').describe('New name. `$1` and `${name}` are replaced with groups of the pattern.'),
  group_resource_labels: stringMap().describe('Attributes of the resource that `group` creates.'),
  aggregation_type: string('').describe('Aggregation with which `combine` merges points.'),
  submatch_case: string('').describe('Case of labels that result from groups of the pattern: `lower` or `upper`.'),
  operations: list(operation).describe('Changes of labels and values.'),
});

/** Configuration of the metrics_transform processor (docs/reference/collector-behaviour.md#metrics-transform-processor). */
export const metricsTransformConfig = config('metricstransformprocessor.Config', {
  transforms: list(transform).describe('Transforms, applied in order.'),
});

/** Returns the problem of a configuration in the Collector's words, or undefined. */
export function problemOf({ transforms }: MetricsTransformConfig): string | undefined {
  for (const each of transforms) {
    if (each.include === '') return 'missing required field "include"';
    if (!['strict', 'regexp'].includes(each.matchType)) return `"match_type" must be in ["strict" "regexp"]`;
    if (!actions.includes(each.action))
      return `"action" must be in [${actions.map((action) => `"${action}"`).join(' ')}]`;
    if (each.action === 'insert' || each.action === 'combine') {
      if (each.newName === '') return `missing required field "new_name" while "action" is ${each.action}`;
    }
    if (each.action === 'combine' && each.aggregationType === '') {
      return 'missing required field "aggregation_type" while "action" is combine';
    }
    if (each.action === 'group' && Object.keys(each.groupResourceLabels).length === 0) {
      return 'missing required field "group_resource_labels" while "action" is group';
    }
    if (each.aggregationType !== '' && !aggregationTypes.includes(each.aggregationType)) return badAggregation();
    if (!['', 'lower', 'upper'].includes(each.submatchCase)) return '"submatch_case" must be in ["lower" "upper"]';
    for (const [index, operation] of each.operations.entries()) {
      const problem = operationProblem(operation);
      if (problem) return `operation ${index + 1}: ${problem}`;
    }
  }
  return undefined;
}

function operationProblem(operation: Operation): string | undefined {
  const { action, label, newLabel, newValue, labelValue, experimentalScale } = operation;
  const missing = (field: string) => `missing required field "${field}" while "action" is ${action}`;
  if (!operationActions.includes(action))
    return `"action" must be in [${operationActions.map((each) => `"${each}"`).join(' ')}]`;
  if (action === 'update_label' && label === '') return missing('label');
  if (action === 'add_label' && newLabel === '') return missing('new_label');
  if (action === 'add_label' && newValue === '') return missing('new_value');
  if (action === 'delete_label_value' && label === '') return missing('label');
  if (action === 'delete_label_value' && labelValue === '') return missing('label_value');
  if (action === 'aggregate_label_values' && label === '') return missing('label');
  if (action === 'experimental_scale_value' && experimentalScale === 0) return missing('experimental_scale');
  if (operation.aggregationType !== '' && !aggregationTypes.includes(operation.aggregationType))
    return badAggregation();
  return undefined;
}

function badAggregation(): string {
  return `"aggregation_type" must be in [${aggregationTypes.map((type) => `"${type}"`).join(' ')}]`;
}

export type MetricsTransformConfig = ConfigOf<typeof metricsTransformConfig>;
export type Transform = MetricsTransformConfig['transforms'][number];
export type Operation = Transform['operations'][number];
