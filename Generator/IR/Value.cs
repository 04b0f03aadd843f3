using ModelCompiler.Infrastructure;

namespace ModelCompiler.IR;

/// <summary>
/// One value in single static assignment form: an operation, its inputs, and what is known of its result.
/// </summary>
sealed class Value(int id, Primitive op, Shape shape, ElementType type, Region region, Value[] inputs,
    OperationAttributes attributes)
{
    /// <summary>Unique within its graph; the order of creation, not of execution.</summary>
    public int Id { get; } = id;

    public Primitive Op { get; } = op;
    public Shape Shape { get; } = shape;
    public ElementType Type { get; } = type;
    public Region Region { get; set; } = region;
    public Value[] Inputs { get; } = inputs;
    public OperationAttributes Attributes { get; set; } = attributes;

    /// <summary>The user's variable or the parameter's field path; empty for an intermediate value.</summary>
    public string Name { get; set; } = "";

    /// <summary>The user's expression that was being evaluated, in canonical spacing.</summary>
    public string Source { get; set; } = "";

    /// <summary>
    /// The field path of the layer that recorded this, such as <c>blocks.attention</c>; empty in the root's own body.
    /// </summary>
    public string Scope { get; set; } = "";

    /// <summary>What [Precision] says of the layer that recorded this.</summary>
    public PrecisionLevel Precision { get; set; }

    /// <summary>
    /// What its elements are in memory: of a view, a slice or a slot of what it shows. A value in registers has its
    /// type's own. After AssignStorage.
    /// </summary>
    public StorageType Storage { get; set; } = StorageTypes.Of(type);

    /// <summary>A gradient reaches this value from the loss if there is one.</summary>
    public bool NeedsGradient { get; set; }

    /// <summary>The loop that a loop, carried, stacked or at value belongs to.</summary>
    public Loop? Loop { get; set; }

    /// <summary>After fusion: the kernel that computes this value; values of one kernel stand together.</summary>
    public Kernel? Kernel { get; set; }

    /// <summary>Axes in the order they have in memory, outermost first; null for the order of the shape.</summary>
    public int[]? Layout { get; set; }

    /// <summary>
    /// After fusion: whether the value has memory of its own rather than being a view or a register of its kernel.
    /// </summary>
    public bool IsStored => Kernel is null ? Op.Kind == PrimitiveKind.Structure : Kernel.Outputs.Contains(this);

    /// <summary>Whether a parameter is left as it is by training.</summary>
    public bool IsFrozen { get; set; }

    /// <summary>Initialiser of a parameter.</summary>
    public ParameterInitializer? Initializer { get; set; }

    /// <summary>Of a parameter: whether training changes it by its gradient, or it is frozen or a state.</summary>
    public bool IsTrained => Initializer is not null && NeedsGradient;

    /// <summary>Of a parameter: whether the model changes it itself.</summary>
    public bool IsState { get; set; }

    /// <summary>Whether it draws random numbers, by the number of the draw in its attributes.</summary>
    public bool IsDrawn => Draws(Op, Attributes);

    /// <summary>Whether values of an operation with these attributes draw random numbers.</summary>
    public static bool Draws(Primitive op, OperationAttributes attributes) =>
        ReferenceEquals(op, Primitives.RandomUniform) || attributes.Rate > 0;

    public bool Is(Primitive primitive) => ReferenceEquals(Op, primitive);

    public override string ToString() => $"n{Id} = {Op.Name} : {Shape}";
}
