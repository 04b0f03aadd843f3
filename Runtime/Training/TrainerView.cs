using System.Diagnostics;
using System.Linq;

namespace ModelCompiler.Runtime.Training;

/// <summary>What a debugger shows of a trainer.</summary>
sealed class TrainerView(ModelTrainer trainer)
{
    public int StepCount => trainer.StepCount;

    public float LearningRate => trainer.LearningRate;

    public float GradientNorm => trainer.GradientNorm;

    public Optimizer Optimizer => trainer.Optimizer;

    [DebuggerDisplay("parameters")]
    public TensorView[] Parameters => [.. trainer.Weights.Names.Select(n => trainer.View(n))];

    [DebuggerDisplay("gradients")]
    public TensorView[] Gradients => [.. trainer.Weights.Layout.Tensors
        .Where(t => !trainer.Weights.Layout.IsFrozen(t.Parameter)).Select(t => trainer.View(t.Name, gradient: true))];
}
