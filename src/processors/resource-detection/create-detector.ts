import type { Logger } from '#component/component.ts';
import { attributeTables } from './attribute-tables.ts';
import type { ResourceDetectionConfig } from './config.ts';
import { AttributeCollector, type Detector, nothingDetected } from './detector.ts';
import type { SupportedDetector } from './detector-names.ts';
import { detectDocker } from './detectors/docker.ts';
import { detectEnv } from './detectors/env.ts';
import { beanstalkFile, detectDynatrace, detectElasticBeanstalk, dynatraceFolder } from './detectors/files.ts';
import {
  detectAzureAppService,
  detectAzureContainerApps,
  detectAzureFunctions,
  detectHeroku,
  detectLambda,
} from './detectors/platforms.ts';
import { detectSystem } from './detectors/system.ts';

/** Returns a detector with its settings. */
export function createDetector(name: SupportedDetector, config: ResourceDetectionConfig, logger: Logger): Detector {
  const required = config.failOnMissingMetadata;
  switch (name) {
    case 'env':
      return () => detectEnv(config.env);
    case 'dynatrace':
      return () => detectDynatrace(logger, dynatraceFolder);
    case 'system':
      return async () => {
        const found = new AttributeCollector(enabledIn('system', config));
        await detectSystem(found, config.system, logger);
        return found.detected;
      };
    case 'docker':
      return async (deadline) => {
        const isEnabled = enabledIn('docker', config);
        const found = new AttributeCollector(isEnabled);
        try {
          await detectDocker(found, isEnabled, deadline);
          return found.detected;
        } catch (error) {
          const { message } = error as Error;
          // Same text as the Collector.
          if (required) throw new Error(`docker metadata unavailable: ${message}`);
          logger.debug('docker metadata unavailable', { error: message });
          return nothingDetected;
        }
      };
    case 'elastic_beanstalk':
      return ofPlatform(name, 'elasticbeanstalk', config, (found) => detectElasticBeanstalk(found, beanstalkFile));
    case 'lambda':
      return ofPlatform(name, name, config, detectLambda);
    case 'heroku':
      return ofPlatform(name, name, config, detectHeroku);
    case 'azureappservice':
      return ofPlatform('azure app service', name, config, detectAzureAppService);
    case 'azurefunctions':
      return ofPlatform('azure functions', name, config, detectAzureFunctions);
    case 'azurecontainerapps':
      return ofPlatform('azure container apps', name, config, detectAzureContainerApps);
  }
}

type Table = keyof typeof attributeTables;

function ofPlatform(
  name: string,
  table: Table,
  config: ResourceDetectionConfig,
  detect: (found: AttributeCollector) => boolean | Promise<boolean>,
): Detector {
  return async () => {
    const found = new AttributeCollector(enabledIn(table, config));
    if (await detect(found)) return found.detected;
    // Same text as the Collector.
    if (config.failOnMissingMetadata) throw new Error(`${name} metadata unavailable`);
    // Heroku describes an app incompletely if its dyno metadata is disabled.
    return name === 'heroku' ? found.detected : nothingDetected;
  };
}

/** Returns whether an attribute of a detector is enabled. */
function enabledIn(table: Table, config: ResourceDetectionConfig): (key: string) => boolean {
  const settings = Object.values(config[table].resourceAttributes);
  const enabled = new Set(Object.keys(attributeTables[table]).filter((_, index) => settings[index]?.enabled));
  return (key) => enabled.has(key);
}
