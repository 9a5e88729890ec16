package io.gramian.compress.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gramian.compress.LoadedDecoder;
import io.gramian.compress.RandomModel;
import io.gramian.compress.tensor.Tensors;
import io.gramian.model.store.ModelCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NextTokenScorerIT {

  private static final int POSITIONS = 600;

  @TempDir private Path folder;

  /**
   * Logits are formed 256 rows at a time: none, one, part of a chunk, one exactly, two and more.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 207, 257, 258, 513, 600})
  void equalsPlainLoops(int length) throws IOException {
    try (ModelCheckpoint model = RandomModel.write("llamaGrouped", 3, folder);
        LoadedDecoder decoder = LoadedDecoder.load(model);
        PointerScope scope = new PointerScope()) {
      Random random = new Random(length);
      int[] ids = RandomModel.ids(model, random, POSITIONS);
      int size = model.spec().hiddenSize();
      Tensor hidden =
          Tensor.create(RandomModel.gaussians(random, POSITIONS * size), POSITIONS, size);
      float[] logits = Tensors.floats(decoder.head().apply(hidden));
      NextTokenScore score = new NextTokenScorer(decoder.head()).score(hidden, ids, length);
      assertThat(score.tokens()).isEqualTo(length - 1);
      if (length > 1) {
        int vocabulary = model.spec().vocabularySize();
        assertThat(score.loss())
            .as("seed %d", length)
            .isCloseTo(loss(logits, vocabulary, ids, length) / (length - 1), within(1e-5));
        assertThat(score.top1Accuracy())
            .isEqualTo((double) hits(logits, vocabulary, ids, length) / (length - 1));
        assertThat(score.perplexity()).isEqualTo(Math.exp(score.loss()));
      }
    }
  }

  /** A head that knows the answer: the next token's logit is the largest. */
  @Test
  void countsWhatWasGuessed() throws IOException {
    try (ModelCheckpoint model = RandomModel.write("llamaGrouped", 3, folder);
        LoadedDecoder decoder = LoadedDecoder.load(model);
        PointerScope scope = new PointerScope()) {
      Tensor hidden = Tensor.create(RandomModel.gaussians(new Random(4), 13 * 48), 13, 48);
      float[] logits = Tensors.floats(decoder.head().apply(hidden));
      int vocabulary = model.spec().vocabularySize();
      int[] ids = new int[13];
      for (int t = 0; t < 12; t++) {
        ids[t + 1] = best(logits, vocabulary, t);
      }
      ids[12] = (ids[12] + 1) % vocabulary;
      NextTokenScore score = new NextTokenScorer(decoder.head()).score(hidden, ids, 13);
      assertThat(score.top1Accuracy()).isEqualTo(11.0 / 12);
    }
  }

  @Test
  void mergingIsExact() throws IOException {
    NextTokenScore all = new NextTokenScore();
    NextTokenScore left = new NextTokenScore();
    NextTokenScore right = new NextTokenScore();
    for (int i = 0; i < 13; i++) {
      double loss = Math.sqrt(i + 0.1) * 1e3;
      all.add(loss, 3, 1);
      (i % 3 == 0 ? left : right).add(loss, 3, 1);
    }
    right.merge(left);
    assertThat(right.loss()).isEqualTo(all.loss());
    assertThat(right.tokens()).isEqualTo(39);
    assertThat(right.top1Accuracy()).isEqualTo(1.0 / 3);
  }

  private static double loss(float[] logits, int vocabulary, int[] ids, int length) {
    double loss = 0;
    for (int t = 0; t < length - 1; t++) {
      double total = 0;
      for (int i = 0; i < vocabulary; i++) {
        total += Math.exp(logits[t * vocabulary + i]);
      }
      loss += Math.log(total) - logits[t * vocabulary + ids[t + 1]];
    }
    return loss;
  }

  private static int hits(float[] logits, int vocabulary, int[] ids, int length) {
    int hits = 0;
    for (int t = 0; t < length - 1; t++) {
      hits += best(logits, vocabulary, t) == ids[t + 1] ? 1 : 0;
    }
    return hits;
  }

  private static int best(float[] logits, int vocabulary, int t) {
    int best = 0;
    for (int i = 0; i < vocabulary; i++) {
      best = logits[t * vocabulary + i] > logits[t * vocabulary + best] ? i : best;
    }
    return best;
  }
}
