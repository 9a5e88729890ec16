package io.gramian.compress;

import io.gramian.checkpoint.LocalDirectory;
import io.gramian.model.fixture.RandomCheckpoint;
import io.gramian.model.fixture.RandomConfigs;
import io.gramian.model.store.ModelCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;

/** Small models with random weights, and tokens for them. */
public final class RandomModel {

  private RandomModel() {}

  /**
   * Writes the config of that name ({@link RandomConfigs#all}) with random weights and opens it.
   */
  public static ModelCheckpoint write(String config, long seed, Path folder) throws IOException {
    RandomCheckpoint.of(RandomConfigs.all().get(config), seed).write(LocalDirectory.of(folder));
    return ModelCheckpoint.open(LocalDirectory.of(folder));
  }

  /** Token ids of {@code model}'s vocabulary. */
  public static int[] ids(ModelCheckpoint model, Random random, int count) {
    return random.ints(count, 0, model.spec().vocabularySize()).toArray();
  }

  public static float[] gaussians(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
