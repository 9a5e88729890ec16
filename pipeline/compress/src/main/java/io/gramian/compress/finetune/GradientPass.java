package io.gramian.compress.finetune;

import io.gramian.compress.forward.BlockForward;
import io.gramian.compress.forward.SiteRecorder;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;

/**
 * Forward and backward through a stack of blocks, one block's graph at a time: a first pass keeps
 * every block's input only, a second, from the last block to the first, computes each block again
 * and goes back through it.
 *
 * <p>Memory: {@code blocks * B T h} numbers and one block's graph. Costs one forward more than
 * keeping all graphs.
 */
final class GradientPass {

  private final List<BlockForward> blocks;

  GradientPass(List<BlockForward> blocks) {
    this.blocks = blocks;
  }

  /**
   * The input of every block and the output of the last, without a graph, in the enclosing scope.
   */
  List<Tensor> forward(Tensor x) {
    List<Tensor> states = new ArrayList<>();
    states.add(x);
    for (BlockForward block : blocks) {
      Tensor input = states.get(states.size() - 1);
      states.add(withoutGraph(() -> block.apply(input, SiteRecorder.NONE)));
    }
    return states;
  }

  /** The output of the last block, without a graph, in the enclosing scope. */
  Tensor last(Tensor x) {
    return withoutGraph(
        () -> {
          Tensor state = x;
          for (BlockForward block : blocks) {
            state = block.apply(state, SiteRecorder.NONE);
          }
          return state;
        });
  }

  /**
   * Adds to the gradients of all leaves that the blocks read.
   *
   * @param states from {@link #forward}
   * @param gradient with respect to the last of them
   */
  void backward(List<Tensor> states, Tensor gradient) {
    Tensor g = gradient;
    for (int i = blocks.size() - 1; i >= 0; i--) {
      Tensor after = g;
      BlockForward block = blocks.get(i);
      Tensor x = states.get(i).detach().requires_grad_(i > 0);
      g = Scopes.keep(() -> backward(block, x, after));
    }
  }

  private static Tensor backward(BlockForward block, Tensor x, Tensor gradient) {
    Tensors.backward(block.apply(x, SiteRecorder.NONE), gradient);
    return x.grad();
  }

  private static Tensor withoutGraph(Supplier<Tensor> body) {
    return Scopes.keep(
        () -> {
          AutoGradMode mode = new AutoGradMode(false);
          Tensor result = body.get();
          mode.deallocate();
          return result;
        });
  }
}
