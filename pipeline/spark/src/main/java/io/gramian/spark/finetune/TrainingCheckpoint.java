package io.gramian.spark.finetune;

import io.gramian.compress.finetune.TrainerState;

/**
 * All that training needs to go on as if it had never stopped.
 *
 * @param state adapters and moments
 * @param history all steps and checks so far
 */
record TrainingCheckpoint(TrainerState state, TrainingHistory history) {}
