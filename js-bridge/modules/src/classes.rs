//! Lowers what the engine does not know of classes: `accessor`, and the standard's decorators.
//!
//! `accessor x = 1` becomes a private field with a getter and a setter. A decorated class becomes
//! `decorated([...], (state, C) => class { ... })`: the decorators, evaluated before the class;
//! the class, whose first static block applies them and binds the name to what comes out, whose
//! initialisers pass through `state`, and whose last static block runs the class's own extra
//! initialisers. js-bridge/prelude/js/modules/decorators.js is the other half.
//!
//! Runs before the transformer, on a tree without bindings. As in rewrite.rs, text stands in the
//! tree as the name of an identifier. Decorators of private methods are dropped.

use oxc_allocator::{Allocator, ArenaBox, ArenaVec, ReplaceWith, TakeIn};
use oxc_ast::{ast::*, builder::AstBuilder};
use oxc_ast_visit::{
    VisitMut,
    walk_mut::{walk_class, walk_expression, walk_program, walk_statement},
};
use oxc_span::{GetSpan, SPAN};

/// Lowers all classes of a program; decorators only where they are the standard's.
pub(crate) fn lower<'a>(
    allocator: &'a Allocator,
    program: &mut Program<'a>,
    legacy_decorators: bool,
) {
    let builder = AstBuilder::new(allocator);
    let source = program.source_text;
    let keys = Vec::new();
    let mut lowering = Classes { allocator, builder, source, legacy_decorators, count: 0, keys };
    walk_program(&mut lowering, program);
    if !lowering.keys.is_empty() {
        let declaration = lowering.raw(&format!("let {}", lowering.keys.join(", ")));
        let builder = &lowering.builder;
        program.body.insert(0, Statement::new_expression_statement(SPAN, declaration, builder));
    }
}

struct Classes<'a> {
    allocator: &'a Allocator,
    builder: AstBuilder<'a>,
    source: &'a str,
    legacy_decorators: bool,
    /// Numbers private names.
    count: usize,
    /// Variables for computed keys, declared at the start of the program.
    keys: Vec<String>,
}

/// The decorators of one class, as the arguments that `decorated` gets.
struct Decorations<'a> {
    elements: Vec<ArrayExpressionElement<'a>>,
    /// Statements of the first static block that tell how private elements are reached.
    private: Vec<String>,
    has_instance_methods: bool,
}

impl<'a> Classes<'a> {
    fn text(&self, text: &str) -> &'a str {
        self.allocator.alloc_str(text)
    }

    fn raw(&self, text: &str) -> Expression<'a> {
        Expression::new_identifier(SPAN, self.text(text), &self.builder)
    }

    fn call(&self, callee: &str, arguments: Vec<Expression<'a>>) -> Expression<'a> {
        let arguments = arguments.into_iter().map(Argument::from);
        let list = ArenaVec::from_iter_in(arguments, &self.allocator);
        Expression::new_call_expression(SPAN, self.raw(callee), None, list, false, &self.builder)
    }

    fn array(&self, elements: Vec<ArrayExpressionElement<'a>>) -> Expression<'a> {
        let list = ArenaVec::from_iter_in(elements, &self.allocator);
        Expression::new_array_expression(SPAN, list, &self.builder)
    }

    fn field(
        &self,
        text: &str,
        value: Option<Expression<'a>>,
        is_static: bool,
    ) -> ClassElement<'a> {
        let key = PropertyKey::new_static_identifier(SPAN, self.text(text), &self.builder);
        self.property(key, value, false, is_static)
    }

    fn property(
        &self,
        key: PropertyKey<'a>,
        value: Option<Expression<'a>>,
        computed: bool,
        is_static: bool,
    ) -> ClassElement<'a> {
        ClassElement::new_property_definition(
            SPAN,
            PropertyDefinitionType::PropertyDefinition,
            ArenaVec::new_in(&self.allocator),
            key,
            None,
            value,
            computed,
            is_static,
            false,
            false,
            false,
            false,
            false,
            None,
            &self.builder,
        )
    }

    fn static_block(&self, statements: &[String]) -> ClassElement<'a> {
        let statements = statements
            .iter()
            .map(|text| Statement::new_expression_statement(SPAN, self.raw(text), &self.builder));
        let list = ArenaVec::from_iter_in(statements, &self.allocator);
        ClassElement::new_static_block(SPAN, list, &self.builder)
    }

    fn has_decorators(&self, class: &Class<'a>) -> bool {
        !self.legacy_decorators
            && (!class.decorators.is_empty()
                || class.body.body.iter().any(|element| !decorators_of(element).is_empty()))
    }

    /// `accessor` in classes without the standard's decorators.
    fn lower_accessors(&mut self, class: &mut Class<'a>) {
        for element in &mut class.body.body {
            let ClassElement::AccessorProperty(accessor) = element else { continue };
            if !accessor.decorators.is_empty() {
                continue;
            }
            let value = accessor.value.take();
            *element = self.accessor(accessor, value);
        }
    }

    /// A getter and a setter over a private field, printed as one element.
    fn accessor(
        &mut self,
        accessor: &AccessorProperty<'a>,
        value: Option<Expression<'a>>,
    ) -> ClassElement<'a> {
        self.count += 1;
        let field = format!("#$dx_accessor_{}", self.count);
        let is_static = if accessor.r#static { "static " } else { "" };
        let span = accessor.key.span();
        let name = self.source.get(span.start as usize..span.end as usize).unwrap_or_default();
        let (key, again) = if accessor.computed {
            // The key is evaluated once: the setter takes what the getter has left.
            let kept = format!("$dx_key_{}", self.count);
            self.keys.push(kept.clone());
            (format!("[{kept} = {name}]"), format!("[{kept}]"))
        } else {
            (name.to_owned(), name.to_owned())
        };
        let text = format!(
            "get {key}() {{ return this.{field}; }} \
             {is_static}set {again}(value) {{ this.{field} = value; }} {is_static}{field}"
        );
        self.field(&text, value, accessor.r#static)
    }

    /// Turns a decorated class into the expression that makes it.
    fn decorate(&mut self, mut class: ArenaBox<'a, Class<'a>>) -> Expression<'a> {
        let name = class.id.take().map(|id| id.name.to_string());
        class.r#type = ClassType::ClassExpression;
        let own = class.decorators.take_in(&self.allocator);
        let own: Vec<_> = own.into_iter().map(|it| it.expression.into()).collect();
        let mut found = Decorations {
            elements: vec![self.array(own).into()],
            private: Vec::new(),
            has_instance_methods: false,
        };
        let elements = class.body.body.take_in(&self.allocator);
        let mut body = ArenaVec::with_capacity_in(elements.len() + 3, &self.allocator);
        for element in elements {
            body.push(self.decorate_element(element, &mut found));
        }
        let mut first = std::mem::take(&mut found.private);
        let quoted = crate::names::quoted(name.as_deref().unwrap_or_default());
        let binding = name.as_deref().unwrap_or("$dx_class");
        first.push(format!("{binding} = $dx_state.define(this, {quoted})"));
        body.insert(0, self.static_block(&first));
        if found.has_instance_methods {
            body.insert(
                1,
                self.field("#$dx_initialize", Some(self.raw("$dx_state.instance(this)")), false),
            );
        }
        body.push(self.static_block(&["$dx_state.finish()".to_owned()]));
        class.body.body = body;
        let arrow =
            self.arrow(&format!("$dx_state, {binding}"), Expression::ClassExpression(class));
        let list = self.array(found.elements);
        self.call("babelHelpers.decorated", vec![list, arrow])
    }

    fn arrow(&self, parameters: &str, body: Expression<'a>) -> Expression<'a> {
        let builder = &self.builder;
        let pattern = BindingPattern::new_binding_identifier(SPAN, self.text(parameters), builder);
        let none = ArenaVec::new_in(&self.allocator);
        let parameter = FormalParameter::new(
            SPAN, none, pattern, None, None, false, None, false, false, builder,
        );
        let items = ArenaVec::from_iter_in([parameter], &self.allocator);
        let kind = FormalParameterKind::ArrowFormalParameters;
        let parameters = FormalParameters::boxed(SPAN, kind, items, None, builder);
        let body = ArrowFunctionBody::from(body);
        Expression::new_arrow_function_expression(
            SPAN, false, None, parameters, None, body, builder,
        )
    }

    fn decorate_element(
        &mut self,
        mut element: ClassElement<'a>,
        found: &mut Decorations<'a>,
    ) -> ClassElement<'a> {
        let decorators = take_decorators(&mut element, self.allocator);
        if decorators.is_empty() {
            if let ClassElement::AccessorProperty(mut accessor) = element {
                let value = accessor.value.take();
                return self.accessor(&accessor, value);
            }
            return element;
        }
        let index = found.elements.len();
        match element {
            ClassElement::MethodDefinition(mut method) => {
                if matches!(method.key, PropertyKey::PrivateIdentifier(_)) {
                    return ClassElement::MethodDefinition(method);
                }
                let kind = match method.kind {
                    MethodDefinitionKind::Get => "getter",
                    MethodDefinitionKind::Set => "setter",
                    _ => "method",
                };
                found.has_instance_methods |= !method.r#static;
                let computed = method.computed;
                let name = self.key_of(&mut method.key, computed, index);
                self.note(found, kind, method.r#static, &name, decorators);
                ClassElement::MethodDefinition(method)
            }
            ClassElement::PropertyDefinition(mut field) => {
                let computed = field.computed;
                let name = self.key_of(&mut field.key, computed, index);
                self.note_private(found, &field.key, index);
                self.note(found, "field", field.r#static, &name, decorators);
                field.value = Some(self.initial(field.value.take(), index));
                ClassElement::PropertyDefinition(field)
            }
            ClassElement::AccessorProperty(mut accessor) => {
                let name = self.key_of(&mut accessor.key, false, index);
                self.note_private(found, &accessor.key, index);
                found.has_instance_methods |= !accessor.r#static;
                self.note(found, "accessor", accessor.r#static, &name, decorators);
                let value = accessor.value.take();
                let value = self.initial(value, index);
                self.accessor(&accessor, Some(value))
            }
            other => other,
        }
    }

    /// `$dx_state.initial(index, this, value)`
    fn initial(&self, value: Option<Expression<'a>>, index: usize) -> Expression<'a> {
        let value = value.unwrap_or_else(|| self.raw("undefined"));
        let index = self.raw(&index.to_string());
        self.call("$dx_state.initial", vec![index, self.raw("this"), value])
    }

    /// The text of an element's name; a computed key is made to leave its value in the state.
    fn key_of(&self, key: &mut PropertyKey<'a>, computed: bool, index: usize) -> String {
        match key {
            PropertyKey::StaticIdentifier(name) => crate::names::quoted(&name.name),
            PropertyKey::PrivateIdentifier(name) => {
                crate::names::quoted(&format!("#{}", name.name))
            }
            PropertyKey::StringLiteral(name) => crate::names::quoted(&name.value),
            PropertyKey::NumericLiteral(name) => crate::names::quoted(&name.value.to_string()),
            other if computed => {
                other.replace_with(|key| {
                    let Ok(expression) = Expression::try_from(key) else {
                        return PropertyKey::new_static_identifier(
                            SPAN,
                            "undefined",
                            &self.builder,
                        );
                    };
                    let index = self.raw(&index.to_string());
                    PropertyKey::from(self.call("$dx_state.key", vec![index, expression]))
                });
                "undefined".to_owned()
            }
            _ => "undefined".to_owned(),
        }
    }

    /// How the decorators of a private element reach it.
    fn note_private(&self, found: &mut Decorations<'a>, key: &PropertyKey<'a>, index: usize) {
        if let PropertyKey::PrivateIdentifier(name) = key {
            let name = &name.name;
            found.private.push(format!(
                "$dx_state.private({index}, (of) => of.#{name}, \
                 (of, value) => {{ of.#{name} = value; }}, (of) => #{name} in of)"
            ));
        }
    }

    /// Adds `[kind, isStatic, name, ...decorators]`.
    fn note(
        &self,
        found: &mut Decorations<'a>,
        kind: &str,
        is_static: bool,
        name: &str,
        decorators: ArenaVec<'a, Decorator<'a>>,
    ) {
        let head = [format!("\"{kind}\""), is_static.to_string(), name.to_owned()];
        let mut parts: Vec<ArrayExpressionElement<'a>> =
            head.iter().map(|text| self.raw(text).into()).collect();
        parts.extend(
            decorators
                .into_iter()
                .map(|decorator| ArrayExpressionElement::from(decorator.expression)),
        );
        found.elements.push(self.array(parts).into());
    }

    /// `let C = decorated(...)`
    fn binding(&mut self, class: ArenaBox<'a, Class<'a>>) -> ArenaBox<'a, VariableDeclaration<'a>> {
        let name = class.id.as_ref().map_or("$dx_default", |id| self.text(&id.name));
        let value = self.decorate(class);
        let builder = &self.builder;
        let id = BindingPattern::new_binding_identifier(SPAN, name, builder);
        let declarator = VariableDeclarator::new(SPAN, id, None, Some(value), false, builder);
        let list = ArenaVec::from_iter_in([declarator], &self.allocator);
        VariableDeclaration::boxed(SPAN, VariableDeclarationKind::Let, list, false, builder)
    }

    fn lower_statement(&mut self, statement: &mut Statement<'a>) {
        match statement {
            Statement::ClassDeclaration(class) if self.has_decorators(class) => {
                statement.replace_with(|it| match it {
                    Statement::ClassDeclaration(class) => {
                        Statement::VariableDeclaration(self.binding(class))
                    }
                    other => other,
                });
            }
            Statement::ExportDeclaration(export) => {
                if let Declaration::ClassDeclaration(class) = &export.declaration
                    && self.has_decorators(class)
                {
                    export.declaration.replace_with(|it| match it {
                        Declaration::ClassDeclaration(class) => {
                            Declaration::VariableDeclaration(self.binding(class))
                        }
                        other => other,
                    });
                }
            }
            Statement::ExportDefaultDeclaration(export) => {
                if let ExportDefaultDeclarationKind::ClassDeclaration(class) = &export.declaration
                    && self.has_decorators(class)
                {
                    export.declaration.replace_with(|it| match it {
                        ExportDefaultDeclarationKind::ClassDeclaration(class) => {
                            ExportDefaultDeclarationKind::from(self.decorate(class))
                        }
                        other => other,
                    });
                }
            }
            _ => {}
        }
    }
}

fn decorators_of<'e, 'a>(element: &'e ClassElement<'a>) -> &'e [Decorator<'a>] {
    match element {
        ClassElement::MethodDefinition(method) => &method.decorators,
        ClassElement::PropertyDefinition(field) => &field.decorators,
        ClassElement::AccessorProperty(accessor) => &accessor.decorators,
        _ => &[],
    }
}

fn take_decorators<'a>(
    element: &mut ClassElement<'a>,
    allocator: &'a Allocator,
) -> ArenaVec<'a, Decorator<'a>> {
    match element {
        ClassElement::MethodDefinition(method) => method.decorators.take_in(&allocator),
        ClassElement::PropertyDefinition(field) => field.decorators.take_in(&allocator),
        ClassElement::AccessorProperty(accessor) => accessor.decorators.take_in(&allocator),
        _ => ArenaVec::new_in(&allocator),
    }
}

impl<'a> VisitMut<'a> for Classes<'a> {
    fn visit_class(&mut self, class: &mut Class<'a>) {
        walk_class(self, class);
        if !self.has_decorators(class) {
            self.lower_accessors(class);
        }
    }

    fn visit_statement(&mut self, statement: &mut Statement<'a>) {
        walk_statement(self, statement);
        self.lower_statement(statement);
    }

    fn visit_expression(&mut self, expression: &mut Expression<'a>) {
        walk_expression(self, expression);
        if let Expression::ClassExpression(class) = expression
            && self.has_decorators(class)
        {
            expression.replace_with(|it| match it {
                Expression::ClassExpression(class) => self.decorate(class),
                other => other,
            });
        }
    }
}
