package io.gramian.compress.finetune;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.finetune.AdapterLayout.Place;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.TensorShape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;

/**
 * All adapters and the optimiser's moments, each one flat F32 vector in the order of an {@link
 * AdapterLayout}.
 *
 * <p>A new {@code A} is uniform in {@code (-1, 1) / sqrt(in)} (Kaiming's with {@code a = sqrt(5)},
 * as LoRA's authors do), a pure function of the seed and the tensor's name; a new {@code B} is
 * zero, so that nothing changes at first.
 */
final class FlatAdapters implements AutoCloseable {

  private static final String VALUES = "";
  private static final String MEAN = ".exp_avg";
  private static final String SQUARE = ".exp_avg_sq";

  private final AdapterLayout layout;
  private final Weights flat;

  private FlatAdapters(AdapterLayout layout, Weights flat) {
    this.layout = layout;
    this.flat = flat;
  }

  static FlatAdapters fresh(AdapterLayout layout, long seed) {
    return Scopes.compute(
        () -> {
          Tensor values = Tensors.zerosFloat(layout.parameters());
          Draws draws = Draws.of(seed).with("adapter");
          layout.places().forEach(place -> place.down(values).copy_(begin(place, draws)));
          Map<String, Tensor> tensors = new LinkedHashMap<>();
          tensors.put(VALUES, values);
          tensors.put(MEAN, Tensors.zerosFloat(layout.parameters()));
          tensors.put(SQUARE, Tensors.zerosFloat(layout.parameters()));
          return new FlatAdapters(layout, Weights.of(tensors));
        });
  }

  private static Tensor begin(Place place, Draws all) {
    TensorShape shape = place.downShape();
    Draws draws = all.with(shape.name());
    double bound = 1 / Math.sqrt(place.map().in());
    float[] values = new float[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (bound * (2 * draws.uniform(i) - 1));
    }
    return Tensor.create(values, place.rank(), place.map().in());
  }

  /** The adapters themselves. */
  Tensor values() {
    return flat.get(VALUES);
  }

  /** Running mean of the gradient. */
  Tensor mean() {
    return flat.get(MEAN);
  }

  /** Running mean of the squared gradient. */
  Tensor square() {
    return flat.get(SQUARE);
  }

  /** Native bytes held. */
  long bytes() {
    return flat.bytes();
  }

  /** A copy as Java arrays. */
  TrainerState state(long updates) {
    List<TensorShape> shapes = new ArrayList<>();
    Map<String, float[]> arrays = new LinkedHashMap<>();
    forEach(
        (shape, view) -> {
          shapes.add(shape);
          arrays.put(shape.name(), Tensors.floats(view));
        });
    return TrainerState.of(updates, shapes, arrays);
  }

  /** Takes over what {@link #state} gave. */
  void restore(TrainerState state) {
    requireSame(state);
    forEach((shape, view) -> view.copy_(Tensor.create(state.array(shape)).view_as(view)));
  }

  private void requireSame(TrainerState state) {
    Map<String, TensorShape> theirs = new LinkedHashMap<>();
    state.tensors().forEach(shape -> theirs.put(shape.name(), shape));
    forEach(
        (shape, view) -> {
          TensorShape other = theirs.get(shape.name());
          if (!Objects.equals(shape, other)) {
            throw new UserException(
                "fine-tuning state: tensor "
                    + shape.name()
                    + (other == null ? " is missing" : " has shape " + other.shape())
                    + ", expected "
                    + shape.shape()
                    + ": it was saved for another model or rank; remove it to begin anew");
          }
        });
  }

  private interface View {
    void accept(TensorShape shape, Tensor view);
  }

  private void forEach(View action) {
    for (String part : List.of(VALUES, MEAN, SQUARE)) {
      Tensor vector = flat.get(part);
      for (Place place : layout.places()) {
        Scopes.compute(
            () -> {
              action.accept(suffixed(place.downShape(), part), place.down(vector));
              action.accept(suffixed(place.upShape(), part), place.up(vector));
              return null;
            });
      }
    }
  }

  private static TensorShape suffixed(TensorShape shape, String suffix) {
    return new TensorShape(shape.name() + suffix, shape.shape());
  }

  @Override
  public void close() {
    flat.close();
  }
}
