/**
 * Masked low-rank fine-tuning: one set of adapters, trained once, that serves every width.
 *
 * <p>The weights of a sorted model stay as they are; beside every linear map {@code W [out, in]}
 * two small matrices are trained, {@code y = x W' + (alpha / r) (x A') B'} (LoRA, arXiv
 * 2106.09685). Each step draws a keep ratio ({@link io.gramian.compress.finetune.WidthSchedule})
 * and trains on the slice of the model that this width deploys: weights and adapters are cut by the
 * same indices, so that the mask used in training is the slice of the runtime by construction. At
 * the end {@link io.gramian.compress.finetune.MergedBlock} adds {@code (alpha / r) B A} to the
 * weights.
 *
 * <p>A {@link io.gramian.compress.finetune.Trainer} works for one process and one thread: it adds
 * up gradients over its share of a step's sequences in one flat vector, which processes may reduce
 * among themselves, and then updates. It knows no cluster.
 */
package io.gramian.compress.finetune;
