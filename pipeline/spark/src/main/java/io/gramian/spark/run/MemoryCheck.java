package io.gramian.spark.run;

/** Whether a pipeline heeds what its executors have. */
public enum MemoryCheck {

  /** What cannot fit is refused, all else dealt out so that it does. */
  PLANNED,

  /** Whoever runs it knows better. */
  NONE
}
