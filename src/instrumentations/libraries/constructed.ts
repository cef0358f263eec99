import { withoutThrowing } from '../../without-throwing.ts';

export type AnyClass = new (...args: never[]) => object;

/** The class, which tells of its instances. A proxy and no subclass: names and prototypes stay what they are. */
export function tellingOf<C extends AnyClass>(original: C, then: (instance: InstanceType<C>) => void): C {
  return new Proxy(original, {
    construct(target, args, newTarget) {
      const instance = Reflect.construct(target, args, newTarget) as InstanceType<C>;
      withoutThrowing(`${original.name} is not measured`, then, instance);
      return instance;
    },
  });
}
