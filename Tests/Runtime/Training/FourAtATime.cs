namespace ModelCompiler.Tests.Runtime.Training;

/// <summary>A model whose dim has a smallest length and steps.</summary>
[Model, Dim("N", Min = 4, Max = 12, Multiple = 4)]
public sealed partial class FourAtATime
{
    readonly Linear layer = new(3, 2);

    [Loss]
    public Tensor Loss([Shape("N", "3")] Tensor x) => Mean(Mean(layer.Forward(x) * layer.Forward(x), 1), 0).Reshape();
}
