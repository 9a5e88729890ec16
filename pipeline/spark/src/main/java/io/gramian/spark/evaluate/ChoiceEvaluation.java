package io.gramian.spark.evaluate;

import java.io.Serializable;

/**
 * How well one stage of a run answers multiple-choice questions.
 *
 * @param stage {@code model} or {@code sorted}
 * @param keepRatio asked for
 * @param questions asked
 * @param accuracy fraction answered by the choice of the highest log-likelihood
 * @param normalisedAccuracy the same with log-likelihoods divided by the UTF-8 bytes of the choice
 * @param parameters elements of the stage's tensors; a tied table counts once
 * @param allocation as in {@link Evaluation}
 */
public record ChoiceEvaluation(
    String stage,
    double keepRatio,
    long questions,
    double accuracy,
    double normalisedAccuracy,
    long parameters,
    String allocation)
    implements Serializable {}
