import { trace, TraceFlags, type Context, type TextMapPropagator, type TextMapSetter } from '@opentelemetry/api';
import { AWSXRayPropagator } from '@opentelemetry/propagator-aws-xray';
import { B3InjectEncoding, B3Propagator } from '@opentelemetry/propagator-b3';
import { JaegerPropagator } from '@opentelemetry/propagator-jaeger';
import { OTTracePropagator } from '@opentelemetry/propagator-ot-trace';

/** The formats from before W3C Trace Context, by the specification's names. */
export const propagators: Readonly<Record<string, () => TextMapPropagator>> = {
  b3: () => new B3Propagator(),
  b3multi: () => new B3Propagator({ injectEncoding: B3InjectEncoding.MULTI_HEADER }),
  jaeger: () => new Jaeger(),
  ottrace: () => new OTTracePropagator(),
  xray: () => new AWSXRayPropagator(),
};

/** The flag by which W3C says that a trace id is random asks Jaeger to debug the trace. */
class Jaeger extends JaegerPropagator {
  override inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const given = trace.getSpanContext(context);
    const known = given && { ...given, traceFlags: given.traceFlags & TraceFlags.SAMPLED };
    super.inject(known ? trace.setSpanContext(context, known) : context, carrier, setter);
  }
}
