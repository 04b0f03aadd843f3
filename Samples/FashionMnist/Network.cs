using System;
using ModelCompiler.Runtime.Training;

namespace Samples.FashionMnist;

/// <summary>One of the networks that can be trained, behind calls that they have in common.</summary>
/// <param name="Name">Its class.</param>
/// <param name="Parameters">How many numbers are trained.</param>
/// <param name="Trainer">Trains it.</param>
/// <param name="Step">Images and kinds of a batch to its loss.</param>
/// <param name="Session">Evaluates what is trained.</param>
/// <param name="Logits">Images to the scores of each kind.</param>
sealed record Network(string Name, long Parameters, ModelTrainer Trainer, Network.StepCall Step, ModelSession Session,
    Network.LogitsCall Logits) : IDisposable
{
    /// <summary>One training step.</summary>
    public delegate float StepCall(ReadOnlySpan<float> x, ReadOnlySpan<int> labels);

    /// <summary>Scores of some images.</summary>
    public delegate void LogitsCall(ReadOnlySpan<float> x, Span<float> logits);

    /// <inheritdoc/>
    public void Dispose()
    {
        Session.Dispose();
        Trainer.Dispose();
    }
}
