package io.gramian.spark.finetune;

/**
 * How a training came about.
 *
 * @param workers that shared it
 * @param attempt at the stage that finished it, from 0: how often workers were lost and started
 *     again
 * @param firstStep the first that this attempt did, from 0; all steps if an earlier run had done
 *     them
 */
public record FinetuneResult(int workers, int attempt, long firstStep) {}
