namespace ModelCompiler.Benchmarks.Models;

/// <summary>Four million parameters and next to no forward pass, to time the optimizer alone.</summary>
[Model, Optimizers(typeof(Runtime.Training.AdamW), typeof(Runtime.Training.Sgd), typeof(Runtime.Training.Lion))]
public sealed partial class Table
{
    readonly Embedding rows = new(8192, 512);

    /// <summary>Mean of four rows.</summary>
    /// <param name="ids">[4]; rows in [0, 8192).</param>
    [Loss]
    public Tensor Loss([Shape("4")] Tensor<int> ids) => Mean(Mean(rows[ids], 1), 0);

    /// <summary>The generated trainer, opened for timing.</summary>
    public sealed partial class Trainer
    {
        /// <summary>Measures the gradient and updates every parameter.</summary>
        public void UpdateOnly() => Update();
    }
}
