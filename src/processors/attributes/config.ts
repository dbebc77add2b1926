import { attributeActions } from '#attribute-actions/config.ts';
import { type ConfigOf, config, nullable, validated } from '#config/schema.ts';
import { matchProperties } from '#filterset/match-config.ts';

/** Configuration of the attributes processor. */
export const attributesConfig = validated(
  config('attributesprocessor.Config', {
    include: nullable(matchProperties).describe('only items that match are edited'),
    exclude: nullable(matchProperties).describe('items that match are not edited'),
    actions: attributeActions().describe('changes of the attributes, in order'),
  }),
  ({ actions }) => (actions.length === 0 ? 'missing required field "actions"' : undefined),
);

export type AttributesConfig = ConfigOf<typeof attributesConfig>;
