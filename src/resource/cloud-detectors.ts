import { alibabaCloudEcsDetector } from '@opentelemetry/resource-detector-alibaba-cloud';
import {
  awsBeanstalkDetector,
  awsEc2Detector,
  awsEcsDetector,
  awsEksDetector,
  awsLambdaDetector,
} from '@opentelemetry/resource-detector-aws';
import {
  azureAppServiceDetector,
  azureContainerAppsDetector,
  azureFunctionsDetector,
  azureVmDetector,
} from '@opentelemetry/resource-detector-azure';
import { gcpDetector } from '@opentelemetry/resource-detector-gcp';
import { detectResources, type Resource, type ResourceDetector } from '@opentelemetry/resources';

/** They ask the cloud's metadata service, and exports wait for its answer: hence only when named. */
const clouds: Readonly<Record<string, readonly ResourceDetector[]>> = {
  alibaba: [alibabaCloudEcsDetector],
  aws: [awsEc2Detector, awsEcsDetector, awsEksDetector, awsBeanstalkDetector, awsLambdaDetector],
  azure: [azureAppServiceDetector, azureContainerAppsDetector, azureFunctionsDetector, azureVmDetector],
  gcp: [gcpDetector],
};

/** Milliseconds: a metadata service answers at once, or is none. */
const LONGEST = 5000;

export function detectClouds(names: readonly string[]): Resource {
  const late = new Promise<undefined>((resolve) => void setTimeout(resolve, LONGEST, undefined).unref());
  const detectors = names.flatMap((name) => clouds[name] ?? []).map((detector) => withEnd(detector, late));
  return detectResources({ detectors });
}

/** Metrics would wait for ever for what never comes. */
const withEnd = (detector: ResourceDetector, late: Promise<undefined>): ResourceDetector => ({
  detect(config) {
    const { attributes = {}, ...others } = detector.detect(config);
    const bounded = Object.entries(attributes).map(([key, value]) => [
      key,
      value instanceof Promise ? Promise.race([value, late]) : value,
    ]);
    return { ...others, attributes: Object.fromEntries(bounded) };
  },
});
