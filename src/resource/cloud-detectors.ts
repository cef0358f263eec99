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

export function detectClouds(names: readonly string[]): Resource {
  return detectResources({ detectors: names.flatMap((name) => clouds[name] ?? []) });
}
