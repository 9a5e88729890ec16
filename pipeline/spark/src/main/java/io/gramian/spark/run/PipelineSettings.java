package io.gramian.spark.run;

/**
 * What a pipeline works on, and with what.
 *
 * @param model folder of the checkpoint
 * @param waveBytes weights that a process may hold at a time, F32; changes no result
 * @param parallelism tasks that run at a time, a pass being cut into twice as many; changes no
 *     result
 * @param memory whether what executors have is heeded
 */
public record PipelineSettings(String model, long waveBytes, int parallelism, MemoryCheck memory) {

  /** For a pipeline whose memory nobody checks. */
  public PipelineSettings(String model, long waveBytes, int parallelism) {
    this(model, waveBytes, parallelism, MemoryCheck.NONE);
  }
}
