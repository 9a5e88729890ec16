package io.gramian.compress.finetune;

import io.gramian.model.TensorShape;
import java.io.Serializable;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All that a later process needs to go on as if nothing had happened: updates made, adapters and
 * the optimiser's moments, F32.
 *
 * <p>Tensors are named as a checkpoint could hold them. For the map {@code w.weight}: {@code
 * w.lora_A.weight [r, in]} and {@code w.lora_B.weight [out, r]}, and for each of them its moments
 * {@code NAME.exp_avg} and {@code NAME.exp_avg_sq}. Memory: 12 bytes a parameter.
 */
public final class TrainerState implements Serializable {

  private static final long serialVersionUID = 1L;

  private final long updates;
  private final List<TensorShape> tensors;
  private final TreeMap<String, float[]> values;

  private TrainerState(long updates, List<TensorShape> tensors, Map<String, float[]> values) {
    this.updates = updates;
    this.tensors = List.copyOf(tensors);
    this.values = new TreeMap<>(values);
  }

  /**
   * Puts together what was stored.
   *
   * @param updates made so far
   * @param tensors names and shapes
   * @param values of each by name, row-major; not copied
   * @throws IllegalArgumentException if a tensor's values are missing or not of its size
   */
  public static TrainerState of(
      long updates, List<TensorShape> tensors, Map<String, float[]> values) {
    for (TensorShape tensor : tensors) {
      float[] array = values.get(tensor.name());
      if (array == null || array.length != tensor.elements()) {
        throw new IllegalArgumentException(tensor + " has no values, or not as many");
      }
    }
    return new TrainerState(updates, tensors, values);
  }

  /** Updates made so far: the number of the next step. */
  public long updates() {
    return updates;
  }

  /** Names and shapes, in a fixed order. */
  public List<TensorShape> tensors() {
    return tensors;
  }

  /** Values of a tensor, row-major, read-only. */
  public FloatBuffer values(String name) {
    float[] array = values.get(name);
    if (array == null) {
      throw new IllegalArgumentException("no tensor " + name + " in " + values.keySet());
    }
    return FloatBuffer.wrap(array).asReadOnlyBuffer();
  }

  /**
   * Values of a tensor, row-major, not copied.
   *
   * @throws IllegalArgumentException if there is none of that name and shape
   */
  float[] array(TensorShape tensor) {
    if (!tensors.contains(tensor)) {
      throw new IllegalArgumentException("no tensor " + tensor + " in the state");
    }
    return values.get(tensor.name());
  }
}
