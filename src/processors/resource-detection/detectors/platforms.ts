import { type AttributeCollector, texts } from '../detector.ts';

/** Detectors of platforms that describe themselves in environment variables. Each returns whether pitot runs there. */

/** AWS Lambda. */
export function detectLambda(found: AttributeCollector): boolean {
  const { env } = process;
  if (!env.AWS_LAMBDA_FUNCTION_NAME) return false;
  const stream = env.AWS_LAMBDA_LOG_STREAM_NAME;
  const group = env.AWS_LAMBDA_LOG_GROUP_NAME;
  found.set('cloud.provider', 'aws');
  found.set('cloud.platform', 'aws_lambda');
  found.set('cloud.region', env.AWS_REGION);
  found.set('faas.name', env.AWS_LAMBDA_FUNCTION_NAME);
  found.set('faas.version', env.AWS_LAMBDA_FUNCTION_VERSION);
  found.set('faas.instance', stream);
  found.set('faas.max_memory', env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE);
  found.set('aws.log.group.names', group === undefined ? undefined : texts([group]));
  found.set('aws.log.stream.names', stream === undefined ? undefined : texts([stream]));
  return true;
}

/** Heroku. */
export function detectHeroku(found: AttributeCollector): boolean {
  const { env } = process;
  found.set('service.instance.id', env.HEROKU_DYNO_ID);
  found.set('heroku.app.id', env.HEROKU_APP_ID);
  if (env.HEROKU_APP_ID !== undefined) found.set('cloud.provider', 'heroku');
  found.set('service.name', env.HEROKU_APP_NAME);
  found.set('heroku.release.creation_timestamp', env.HEROKU_RELEASE_CREATED_AT);
  found.set('service.version', env.HEROKU_RELEASE_VERSION);
  found.set('heroku.release.commit', env.HEROKU_SLUG_COMMIT);
  return env.HEROKU_DYNO_ID !== undefined || env.HEROKU_APP_ID !== undefined;
}

/** Azure Container Apps. */
export function detectAzureContainerApps(found: AttributeCollector): boolean {
  const { CONTAINER_APP_NAME: app, CONTAINER_APP_REPLICA_NAME: replica } = process.env;
  if (!app) return false;
  found.set('azure.container_app.instance.id', replica || undefined);
  found.set('cloud.platform', 'azure.container_apps');
  found.set('cloud.provider', 'azure');
  found.set('service.name', app);
  return true;
}

/** Azure App Service. Leaves a Functions app, which runs on it, to the detector `azurefunctions`. */
export function detectAzureAppService(found: AttributeCollector): boolean {
  const { WEBSITE_SITE_NAME: site, WEBSITE_INSTANCE_ID: instance } = process.env;
  if (!site || isFunctionsApp()) return false;
  found.set('azure.app_service.instance.id', instance || undefined);
  setWebsite(found, 'azure.app_service', site);
  return true;
}

/** Azure Functions. */
export function detectAzureFunctions(found: AttributeCollector): boolean {
  const { WEBSITE_SITE_NAME: site, WEBSITE_INSTANCE_ID: instance, WEBSITE_POD_NAME: pod } = process.env;
  if (!site || !isFunctionsApp()) return false;
  setWebsite(found, 'azure.functions', site);
  found.set('faas.instance', instance || pod || undefined);
  return true;
}

function isFunctionsApp(): boolean {
  const { FUNCTIONS_WORKER_RUNTIME, FUNCTIONS_EXTENSION_VERSION } = process.env;
  return Boolean(FUNCTIONS_WORKER_RUNTIME || FUNCTIONS_EXTENSION_VERSION);
}

function setWebsite(found: AttributeCollector, platform: string, site: string): void {
  const { env } = process;
  const group = env.WEBSITE_RESOURCE_GROUP || undefined;
  // `<subscription>+<resource group>-<region>webspace`
  const subscription = env.WEBSITE_OWNER_NAME?.split('+')[0] || undefined;
  found.set('azure.resource_group.name', group);
  found.set('cloud.account.id', subscription);
  found.set('cloud.platform', platform);
  found.set('cloud.provider', 'azure');
  found.set('cloud.region', env.REGION_NAME || undefined);
  if (group !== undefined && subscription !== undefined) {
    const path = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Web/sites/${site}`;
    found.set('cloud.resource_id', path);
  }
  found.set('deployment.environment.name', env.WEBSITE_SLOT_NAME || undefined);
  found.set('service.name', site);
}
