using ModelCompiler.Infrastructure;

namespace ModelCompiler.Declaration;

/// <summary>
/// One expression or statement of a body. Children are numbers of other nodes of the declaration, always smaller than
/// its own; -1 stands for none.
/// </summary>
/// <param name="Kind">What it is; says what the other fields mean.</param>
/// <param name="Name">A local, parameter, member, operator or signature.</param>
/// <param name="Type">The type that declares a called method or that is converted to.</param>
/// <param name="Children">Operands in order of evaluation.</param>
/// <param name="Constant">The value of a literal.</param>
/// <param name="Text">For statements: the user's words in canonical spacing.</param>
sealed record Node(NodeKind Kind, string Name, string Type, EquatableArray<int> Children, object? Constant,
    string Text);

/// <summary>The C# that bodies may be written in.</summary>
enum NodeKind
{
    /// <summary>A constant.</summary>
    Literal,
    /// <summary>Reads a local or a parameter of the method or lambda.</summary>
    Local,
    /// <summary>Reads a parameter of the constructor.</summary>
    ClassParameter,
    /// <summary>Reads a field or automatic property: owner.</summary>
    Member,
    /// <summary>The model itself.</summary>
    This,
    /// <summary>Creates an object: arguments.</summary>
    New,
    /// <summary>Calls a method, operator, indexer or conversion: receiver or -1, arguments.</summary>
    Call,
    /// <summary>Calls a delegate or local function: delegate, arguments.</summary>
    Invoke,
    /// <summary>A lambda or local function; Constant holds its parameters' names, separated by spaces: body.</summary>
    Lambda,
    /// <summary>An array with its elements.</summary>
    Array,
    /// <summary>An array of a length: length.</summary>
    EmptyArray,
    /// <summary>A tuple.</summary>
    Tuple,
    /// <summary>An operator on constants: operands.</summary>
    Arithmetic,
    /// <summary>A conversion between numbers: operand.</summary>
    Convert,
    /// <summary>condition ? a : b, or if: condition, then, else.</summary>
    Choose,
    /// <summary>a ?? b.</summary>
    Coalesce,
    /// <summary>A switch: value, then pattern, guard and result of each arm.</summary>
    Switch,
    /// <summary>value is pattern.</summary>
    Is,
    /// <summary>A pattern: operands.</summary>
    Pattern,
    /// <summary>Text put together: parts.</summary>
    Interpolation,
    /// <summary>
    /// Throws: exception; or, with the type of an exception that is not the library's as Name, its message or -1.
    /// </summary>
    Throw,
    /// <summary>An element of an array: array, index.</summary>
    Index,
    /// <summary>Statements in order.</summary>
    Block,
    /// <summary>Declares a local: value.</summary>
    Declare,
    /// <summary>Assigns: target, value.</summary>
    Assign,
    /// <summary>Takes a tuple apart: tuple of targets, value.</summary>
    Deconstruct,
    /// <summary>An assignment target that is not kept.</summary>
    Discard,
    /// <summary>An expression as a statement.</summary>
    Evaluate,
    /// <summary>Returns: value.</summary>
    Return,
    /// <summary>foreach: collection, body.</summary>
    ForEach,
    /// <summary>for: declarations, condition, step, body; Constant is 1 or -1 where it counts by one.</summary>
    For,
    /// <summary>Leaves a switch section.</summary>
    Break,
    /// <summary>Only a place in the source.</summary>
    Mark,
    /// <summary>C# that models cannot be written in; Name says which, Type what to write instead.</summary>
    Unsupported,
    /// <summary>Not valid C#: the C# compiler says so.</summary>
    Invalid,
}
