package io.gramian.compress.finetune;

import io.gramian.model.KeepRatio;
import java.io.Serializable;

/**
 * What a step did.
 *
 * @param step from 0
 * @param ratio the keep ratio it trained at
 * @param loss mean over all predicted tokens before the update, in nats
 * @param gradientNorm of the mean loss, before the clip
 * @param learningRate of the update
 * @param tokens predicted
 */
public record StepResult(
    long step, KeepRatio ratio, double loss, double gradientNorm, double learningRate, long tokens)
    implements Serializable {}
